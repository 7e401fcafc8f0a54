package org.jcontainerd.jrunc.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.jrunc.launch.TestRoot;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.ProcessStat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A keeper whose starter is killed. */
@Tag("root")
@Timeout(60)
final class StarterRootTest {
  @TempDir Path directory;

  private Process doomed(Path init) throws Exception {
    Path root = TestRoot.make(directory);
    String java = ProcessHandle.current().info().command().orElseThrow();
    return new ProcessBuilder(
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            DoomedStarter.class.getName(),
            root.toString(),
            init.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void keeper_afterItsStarterWasKilled_loosesNothing() throws Exception {
    Path init = Files.createDirectory(directory.resolve("init"));
    Process starter = doomed(init);
    int pid;
    try (var said = starter.inputReader()) {
      pid = Integer.parseInt(said.readLine());
      assertEquals("started", said.readLine());
      starter.destroyForcibly().waitFor();
    }
    ProcessStat before = ProcessStat.read(pid).orElseThrow();
    int keeperPid = before.parent();
    assertNotEquals(1, keeperPid);
    try (var waiter = KernelWaiter.start("keepers", (_, failure) -> failure.printStackTrace());
        var helper = PidFd.open(keeperPid)) {
      for (var signal : List.of(Signal.SIGHUP, Signal.SIGINT, Signal.SIGTERM, Signal.SIGPIPE)) {
        helper.send(signal);
      }
      try (var keeper = KeeperClient.connect(init, waiter);
          var held = keeper.descriptors()) {
        var status = assertInstanceOf(KeeperStatus.Running.class, keeper.status());
        assertEquals(before.startTicks(), status.process().startTicks());
        write(held, "hello\n");
        assertEquals("hello\n", read(held));
        write(held, "5\n");
        assertEquals(new ExitStatus.Exited(5), keeper.exited().get().status());
        assertEquals(keeper.exited().get(), ExitRecord.read(init).orElseThrow());
        assertTrue(keeper.retire());
      }
    }
  }

  private static void write(KeeperDescriptors held, String text) throws Exception {
    held.stdin().orElseThrow().writeFully(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String read(KeeperDescriptors held) throws Exception {
    var buffer = ByteBuffer.allocate(6);
    while (buffer.hasRemaining() && held.stdout().orElseThrow().read(buffer) >= 0) {}
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
  }
}
