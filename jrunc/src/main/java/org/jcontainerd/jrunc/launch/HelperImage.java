package org.jcontainerd.jrunc.launch;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.Memfd;
import org.jspecify.annotations.Nullable;

/**
 * The helper's program, in a sealed memory file: a container that gets hold of {@code
 * /proc/PID/exe} finds nothing it could write to (CVE-2019-5736).
 */
public final class HelperImage {
  private static final String RESOURCE = "jrunc-init";

  private HelperImage() {}

  /**
   * The program's bytes, as they are packed with this class. In an installation they lie in a file
   * beside the jars too, which is read faster.
   */
  public static byte[] bytes() throws IOException {
    @Nullable String home = System.getProperty("jcontainerd.home");
    if (home != null) {
      try {
        return Files.readAllBytes(Path.of(home, "lib", RESOURCE));
      } catch (NoSuchFileException _) {
        // only the jars are here
      }
    }
    try (var in = HelperImage.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new FileNotFoundException("helper '" + RESOURCE + "': not packed with jrunc");
      }
      return in.readAllBytes();
    }
  }

  /** A new sealed file, owned by the caller. */
  public static Fd seal() throws IOException {
    return Memfd.sealed(RESOURCE, ByteBuffer.wrap(bytes()), true);
  }
}
