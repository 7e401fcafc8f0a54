package org.jcontainerd.jrunc.keeper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.jrunc.launch.ProcessExit;

/** The file {@code exit} of a keeper's directory. It outlives the keeper and never changes. */
public final class ExitRecord {
  private ExitRecord() {}

  /**
   * The exit, or empty if the process has not ended (or its keeper was killed).
   *
   * @param directory of the process
   */
  public static Optional<ProcessExit> read(Path directory) throws IOException {
    Path file = directory.resolve("exit");
    String line;
    try {
      line = Files.readString(file);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
    String[] words = line.strip().split(" ");
    if (words.length != 3 || !words[0].equals("status")) {
      throw new IOException(
          "exit record '" + file + "': not 'status WAIT NANOS' but '" + line + "'");
    }
    return Optional.of(
        new ProcessExit(Integer.parseInt(words[1]), ProcessExit.instant(Long.parseLong(words[2]))));
  }
}
