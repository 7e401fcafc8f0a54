package org.jcontainerd.daemon.content;

import org.jcontainerd.oci.image.Digest;

/** Why content cannot be had or kept. Failures of the disk are {@link java.io.IOException}s. */
public abstract sealed class ContentFailure extends Exception {
  private final transient Digest digest;

  private ContentFailure(String operation, Digest digest, String cause) {
    super(operation + " blob '" + digest + "': " + cause);
    this.digest = digest;
  }

  public Digest digest() {
    return digest;
  }

  /** The store does not have it. */
  public static final class NotFound extends ContentFailure {
    public NotFound(String operation, Digest digest) {
      super(operation, digest, "not found");
    }
  }

  /** Bytes do not have the digest or the size that they were announced with. */
  public static final class Mismatch extends ContentFailure {
    public Mismatch(String operation, Digest digest, String cause) {
      super(operation, digest, cause);
    }
  }

  /** It is larger than the reader accepts. */
  public static final class TooLarge extends ContentFailure {
    public TooLarge(String operation, Digest digest, String cause) {
      super(operation, digest, cause);
    }
  }
}
