package org.jcontainerd.daemon.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jcontainerd.daemon.config.Config;
import org.jcontainerd.daemon.config.ConfigReader;
import org.jcontainerd.daemon.config.Overrides;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting the shim's program: what it is told, and what is said when it fails. */
final class ShimClientTest {
  @TempDir Path directory;

  @Test
  void launch_passesTheContractsArguments_andReadsTheAddress() throws Exception {
    Path program =
        program(
            """
            #!/bin/sh
            echo "$@" "$JSHIM_STATE" > %s/arguments
            echo unix:///run/x.sock
            """
                .formatted(directory));
    assertEquals(Path.of("/run/x.sock"), launcher(program, 10).launch());
    assertEquals(
        "-namespace k8s.io -address /run/d.sock -id jcontainerd start " + directory,
        Files.readString(directory.resolve("arguments")).strip());
  }

  @Test
  void launch_programFails_saysSo() throws Exception {
    Path program = program("#!/bin/sh\nexit 3\n");
    var e = assertThrows(java.io.IOException.class, () -> launcher(program, 10).launch());
    assertEquals(
        "start shim '" + program + "': ended with Exited[code=3], its messages are above",
        e.getMessage());
  }

  @Test
  void launch_programHangs_isKilled() throws Exception {
    Path hanging = program("#!/bin/sh\nexec sleep 1000\n");
    var e = assertThrows(java.io.IOException.class, () -> launcher(hanging, 1).launch());
    assertEquals("start shim '" + hanging + "': no answer in PT1S", e.getMessage());
  }

  @Test
  void start_noProgram_isUnavailable() throws Exception {
    Config config = new ConfigReader(directory).defaults(Overrides.NONE);
    var e = assertThrows(ShimFailure.Unavailable.class, () -> ShimClient.start(config));
    assertEquals("connect to shim", e.getMessage());
    assertTrue(
        String.valueOf(e.getCause()).contains("bin/containerd-shim-jrunc-v1"),
        String.valueOf(e.getCause()));
  }

  private ShimLauncher launcher(Path program, int seconds) {
    return new ShimLauncher(
        program, "k8s.io", Path.of("/run/d.sock"), directory, Duration.ofSeconds(seconds));
  }

  private Path program(String text) throws Exception {
    Path file = directory.resolve("shim" + text.hashCode());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file;
  }
}
