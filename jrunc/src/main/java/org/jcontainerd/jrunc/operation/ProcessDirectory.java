package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The directory of one kept process, in which its keeper has its socket and its records. */
final class ProcessDirectory {
  private ProcessDirectory() {}

  /**
   * Makes the directory; one that is left of an earlier process must be removed by its owner first.
   */
  static void create(Path directory, Undo undo) throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      if (Files.exists(directory.resolve("keeper.sock"))
          || Files.exists(directory.resolve("exit"))) {
        throw e;
      }
      return;
    }
    undo.push(() -> {
      for (String name : new String[] {"keeper.sock", "pid", "exit"}) {
        Files.deleteIfExists(directory.resolve(name));
      }
      Files.deleteIfExists(directory);
    });
  }
}
