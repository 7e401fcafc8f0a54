package org.jcontainerd.snapshotter.layer;

import java.util.List;
import org.jcontainerd.oci.image.Digest;

/**
 * What came out of applying a layer. Immutable.
 *
 * @param diffId digest of the uncompressed archive
 * @param archiveBytes its length
 * @param entries entries of the archive
 * @param implied directories that it did not describe, parents first
 */
public record AppliedLayer(Digest diffId, long archiveBytes, long entries, List<String> implied) {
  public AppliedLayer {
    implied = List.copyOf(implied);
  }
}
