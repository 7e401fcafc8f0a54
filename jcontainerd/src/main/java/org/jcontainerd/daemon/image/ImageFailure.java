package org.jcontainerd.daemon.image;

/**
 * Why an operation on images failed. The message names the operation, the image and the cause, and
 * is what a user sees.
 */
public abstract sealed class ImageFailure extends Exception {
  private final String image;

  private ImageFailure(String operation, String image, String cause) {
    this("", operation, image, cause);
  }

  private ImageFailure(String prefix, String operation, String image, String cause) {
    super(prefix + operation + " image '" + image + "': " + cause);
    this.image = image;
  }

  /** The image as the caller named it. */
  public String image() {
    return image;
  }

  /** No such image: on the registry for a pull, here for anything else. */
  public static final class NotFound extends ImageFailure {
    public NotFound(String operation, String image, String cause) {
      super(operation, image, cause);
    }
  }

  /** The reference does not follow the grammar, or an id prefix means several images. */
  public static final class InvalidReference extends ImageFailure {
    public InvalidReference(String operation, String image, String cause) {
      super(operation, image, cause);
    }
  }

  /** The registry wants other credentials. The caller may have more of them. */
  public static final class Unauthorized extends ImageFailure {
    public Unauthorized(String operation, String image, String cause) {
      super(operation, image, cause);
    }
  }

  /**
   * No registry could be reached, or none answered as it should. The message begins with the word
   * RegistryUnavailable, by which kubelet knows the reason (cri-api, pkg/errors).
   */
  public static final class Unavailable extends ImageFailure {
    public Unavailable(String operation, String image, String cause) {
      super("RegistryUnavailable: ", operation, image, cause);
    }
  }

  /** Content does not have the digest or the size that it was announced with. */
  public static final class DigestMismatch extends ImageFailure {
    public DigestMismatch(String operation, String image, String cause) {
      super(operation, image, cause);
    }
  }

  /** A manifest, configuration or layer that has the right digest, and is malformed. */
  public static final class CorruptImage extends ImageFailure {
    public CorruptImage(String operation, String image, String cause) {
      super(operation, image, cause);
    }
  }

  /** An image that is well-formed but not for us: other platform, old schema, artifact. */
  public static final class Unsupported extends ImageFailure {
    public Unsupported(String operation, String image, String cause) {
      super(operation, image, cause);
    }
  }

  /** The disk, or a quota, is full. */
  public static final class NoSpace extends ImageFailure {
    public NoSpace(String operation, String image, String cause) {
      super(operation, image, cause);
    }
  }

  /** The local disk or the records failed otherwise. The cause is kept. */
  public static final class Storage extends ImageFailure {
    public Storage(String operation, String image, Exception cause) {
      super(operation, image, String.valueOf(cause.getMessage()));
      initCause(cause);
    }
  }
}
