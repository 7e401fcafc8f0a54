package org.jcontainerd.linux.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Run by {@link SpawnRootTest} in a JVM whose starter ignores SIGCHLD. */
final class SpawnMain {
  private SpawnMain() {}

  public static void main(String[] arguments) throws IOException {
    try (PidFd child =
        Spawn.program(Path.of("/bin/sh")).arguments(List.of("sh", "-c", "exit 7")).start()) {
      System.out.println(child.waitFor());
    }
  }
}
