package org.jcontainerd.jrunc.launch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.process.ProcessStat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Create and start as two processes, with nothing of ours in between. */
@Tag("root")
@Timeout(60)
final class ExecFifoRootTest {
  @TempDir Path directory;
  private PlanRig rig;
  private Path fifo;

  @BeforeEach
  void open() throws Exception {
    fifo = directory.resolve("exec.fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", "-m", "622", fifo.toString()).start().waitFor());
    rig = new PlanRig(directory);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private ProcessIdentity create(TestPlan plan) throws IOException {
    try (var launch = plan.fifo(fifo).detach().launch(rig.launcher)) {
      return launch.await(LaunchListener.NONE);
    }
  }

  private static void awaitEnd(ProcessIdentity process) throws IOException {
    long end = System.nanoTime() + 5_000_000_000L;
    while (alive(process) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertTrue(!alive(process));
  }

  /** A zombie counts as ended: its new parent may be slow or never reap. */
  private static boolean alive(ProcessIdentity process) throws IOException {
    return ProcessStat.read(process.pid())
        .filter(stat -> stat.startTicks() == process.startTicks() && !stat.isZombie())
        .isPresent();
  }

  @Test
  void fifo_openedForReading_startsTheProcess() throws Exception {
    ProcessIdentity process = create(rig.shell("echo ran >/tmp/mark"));
    assertTrue(alive(process));
    assertTrue(Files.notExists(rig.root.resolve("tmp/mark")));
    assertArrayEquals(new byte[] {'0'}, Files.readAllBytes(fifo));
    awaitEnd(process);
    assertEquals("ran\n", Files.readString(rig.root.resolve("tmp/mark")));
  }

  @Test
  void fifo_ofProgramThatCannotRun_carriesTheFailure() throws Exception {
    Path script = rig.root.resolve("bin/broken");
    Files.writeString(script, "#!/nothing/here\n");
    assertTrue(script.toFile().setExecutable(true));
    ProcessIdentity process = create(rig.plan("broken"));
    byte[] said = Files.readAllBytes(fifo);
    assertEquals('0', said[0]);
    var failure = MessageReader.failure(ByteBuffer.wrap(Arrays.copyOfRange(said, 1, said.length)));
    assertTrue(failure.cause().is(Errno.ENOENT));
    assertEquals("exec", failure.op());
    awaitEnd(process);
  }
}
