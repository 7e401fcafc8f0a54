package org.jcontainerd.daemon.image;

import org.jcontainerd.oci.image.Digest;

/**
 * Identifies an image: the digest of its configuration. Immutable.
 *
 * <p>The same image under several names, and from several registries, has one id.
 */
public record ImageId(Digest digest) {
  @Override
  public String toString() {
    return digest.toString();
  }
}
