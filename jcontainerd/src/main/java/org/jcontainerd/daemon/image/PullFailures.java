package org.jcontainerd.daemon.image;

import java.io.IOException;
import java.util.Locale;
import org.jcontainerd.daemon.content.ContentFailure;
import org.jcontainerd.daemon.registry.RegistryFailure;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.layer.LayerException;

/** Turns the failures of the parts of a pull into those of images. */
final class PullFailures {
  private static final String PULL = "pull";

  private PullFailures() {}

  static ImageFailure of(ImageName name, RegistryFailure failure) {
    var message = String.valueOf(failure.getMessage());
    var image = name.toString();
    var converted =
        switch (failure) {
          case RegistryFailure.NotFound _ -> new ImageFailure.NotFound(PULL, image, message);
          case RegistryFailure.Unauthorized _ ->
              new ImageFailure.Unauthorized(PULL, image, message);
          case RegistryFailure.Unavailable _ -> new ImageFailure.Unavailable(PULL, image, message);
          case RegistryFailure.Malformed _ -> new ImageFailure.CorruptImage(PULL, image, message);
        };
    return caused(converted, failure);
  }

  static ImageFailure of(ImageName name, ContentFailure failure) {
    var message = String.valueOf(failure.getMessage());
    var image = name.toString();
    var converted =
        switch (failure) {
          case ContentFailure.Mismatch _ -> new ImageFailure.DigestMismatch(PULL, image, message);
          case ContentFailure.NotFound _, ContentFailure.TooLarge _ ->
              new ImageFailure.CorruptImage(PULL, image, message);
        };
    return caused(converted, failure);
  }

  static ImageFailure of(ImageName name, SnapshotFailure failure) {
    return failure instanceof SnapshotFailure.Storage storage
            && storage.getCause() instanceof IOException io
        ? disk(name, io)
        : new ImageFailure.Storage(PULL, name.toString(), failure);
  }

  static ImageFailure of(ImageName name, LayerException failure, String layer) {
    var message = "layer '" + layer + "': " + failure.getMessage();
    return caused(new ImageFailure.CorruptImage(PULL, name.toString(), message), failure);
  }

  /** A failure between us and the registry that no other attempt has mended. */
  static ImageFailure transport(ImageName name, IOException failure) {
    var message = String.valueOf(failure.getMessage());
    return caused(new ImageFailure.Unavailable(PULL, name.toString(), message), failure);
  }

  /** A failure of the local disk. */
  static ImageFailure disk(ImageName name, IOException failure) {
    boolean full =
        failure instanceof LinuxException linux
            ? linux.is(Errno.ENOSPC, Errno.EDQUOT)
            // channels of the JDK tell it in words only
            : String.valueOf(failure.getMessage())
                .toLowerCase(Locale.ROOT)
                .contains("no space left on device");
    return full
        ? caused(
            new ImageFailure.NoSpace(PULL, name.toString(), String.valueOf(failure.getMessage())),
            failure)
        : new ImageFailure.Storage(PULL, name.toString(), failure);
  }

  private static ImageFailure caused(ImageFailure failure, Exception cause) {
    var _ = failure.initCause(cause);
    return failure;
  }
}
