package org.jcontainerd.daemon.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.jcontainerd.daemon.config.Config;
import org.jcontainerd.daemon.config.ConfigReader;
import org.jcontainerd.daemon.config.Overrides;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting the shim's program: what it is told, and what is said when it fails. */
final class ShimClientTest {
  @TempDir Path directory;

  @Test
  void launch_passesTheContractsArguments_andWaitsForTheByte() throws Exception {
    Path program =
        program(
            """
            #!/bin/sh
            echo "$@" > %1$s/arguments
            echo said by the shim
            printf 1 >&3
            exec sleep 0.1 3>&-
            """
                .formatted(directory));
    // printf '/run/d.sock\0k8s.io' | sha256sum
    assertEquals(
        directory.resolve("s/jshim-2065c04934903e33.sock"), launcher(program, 10).launch());
    assertEquals(
        "-state " + directory + " -namespace k8s.io -address /run/d.sock serve",
        Files.readString(directory.resolve("arguments")).strip());
    assertEquals("said by the shim\n", Files.readString(directory.resolve("jshim.log")));
  }

  @Test
  void launch_anotherOneServes_isFine() throws Exception {
    Path program = program("#!/bin/sh\nexit 0\n");
    assertTrue(launcher(program, 10).launch().startsWith(directory.resolve("s")));
  }

  @Test
  void launch_aShimAnswers_startsNothing() throws Exception {
    Path program = program("#!/bin/sh\nexit 3\n");
    Path socket =
        Files.createDirectory(directory.resolve("s")).resolve("jshim-2065c04934903e33.sock");
    try (var shim = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      shim.bind(UnixDomainSocketAddress.of(socket));
      assertEquals(socket, launcher(program, 10).launch());
    }
  }

  @Test
  void launch_programFails_saysSo() throws Exception {
    Path program = program("#!/bin/sh\nexit 3\n");
    var e = assertThrows(java.io.IOException.class, () -> launcher(program, 10).launch());
    assertEquals(
        "start shim '"
            + program
            + "': ended with Exited[code=3], see '"
            + directory.resolve("jshim.log")
            + "'",
        e.getMessage());
  }

  @Test
  void launch_programHangs_isKilled() throws Exception {
    Path hanging = program("#!/bin/sh\necho $$ > %s/pid\nexec sleep 1000\n".formatted(directory));
    var e = assertThrows(java.io.IOException.class, () -> launcher(hanging, 1).launch());
    assertEquals("start shim '" + hanging + "': not ready in PT1S", e.getMessage());
    String pid = Files.readString(directory.resolve("pid")).strip();
    assertTrue(ProcessHandle.of(Long.parseLong(pid)).isEmpty(), pid);
  }

  @Test
  void start_noProgram_isUnavailable() throws Exception {
    var here =
        new Overrides(
            Optional.empty(),
            Optional.empty(),
            Optional.of(directory),
            Optional.empty(),
            Optional.empty());
    Config config = new ConfigReader(directory).defaults(here);
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
