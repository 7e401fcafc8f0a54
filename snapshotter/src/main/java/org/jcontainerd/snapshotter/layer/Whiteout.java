package org.jcontainerd.snapshotter.layer;

import java.nio.charset.StandardCharsets;
import org.jcontainerd.linux.fs.DeviceNumber;
import org.jcontainerd.linux.fs.FileStat;
import org.jcontainerd.linux.fs.FileType;

/** How overlayfs says that something is removed (kernel, filesystems/overlayfs.rst). */
public final class Whiteout {
  /** A character device of this number removes its name. */
  public static final DeviceNumber DEVICE = new DeviceNumber(0, 0);

  /** A directory with this attribute set to "y" hides what it had below. */
  public static final String OPAQUE = "trusted.overlay.opaque";

  private Whiteout() {}

  static byte[] yes() {
    return "y".getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether this removes its name. */
  public static boolean is(FileStat entry) {
    return entry.type() == FileType.CHARACTER_DEVICE && entry.device().equals(DEVICE);
  }
}
