package org.jcontainerd.jrunc.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** criu's log file: why something failed stands there and nowhere else. */
public final class CriuLog {
  private CriuLog() {}

  /** The failure with criu's own first error line, and where to read on. */
  public static IOException explained(IOException failure, Path log) {
    Optional<String> line = cause(log);
    String why = line.isPresent() ? ": " + line.get() : "";
    String more = line.isPresent() ? "; read on in '" + log + "'" : "";
    return new IOException(failure.getMessage() + why + more, failure);
  }

  /**
   * The first error, but for those of limits that criu may not raise and gets over. Without time
   * stamp and source line: {@code (00.5) Error (criu/mount.c:7): mnt: Can't ...}.
   */
  private static Optional<String> cause(Path log) {
    try (var lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.contains("Error (") && !line.contains("rlimit:"))
          .map(line -> line.replaceFirst(".*?Error \\([^)]*\\): *", "").strip())
          .findFirst();
    } catch (IOException _) {
      return Optional.empty(); // criu did not come as far as its log; the failure says enough
    }
  }
}
