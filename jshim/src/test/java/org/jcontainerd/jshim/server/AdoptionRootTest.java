package org.jcontainerd.jshim.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jcontainerd.api.containerd.task.v3.DeleteRequest;
import org.jcontainerd.api.containerd.task.v3.ExecProcessRequest;
import org.jcontainerd.api.containerd.task.v3.StartRequest;
import org.jcontainerd.api.containerd.task.v3.WaitRequest;
import org.jcontainerd.api.containerd.types.task.Status;
import org.jcontainerd.jrunc.oci.TestBundle;
import org.jcontainerd.jshim.service.Methods;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of a shim at any moment: nothing of its containers is lost. */
@Tag("root")
@Timeout(180)
class AdoptionRootTest {
  private static final int KILLS = 5;

  /** A thousand lines at a time, the same to both streams, until there is a file "end". */
  private static final String WRITER =
      "n=1; while [ ! -e /tmp/end ]; do"
          + " m=$((n + 999)); busybox seq $n $m; busybox seq $n $m >&2; n=$((m + 1)); done; ";

  @TempDir Path directory;
  private RunningShim shim;

  AdoptionRootTest() {}

  @BeforeEach
  void start() throws Exception {
    shim = RunningShim.start(directory);
  }

  @AfterEach
  void end() throws Exception {
    shim.close();
  }

  /**
   * Containers write numbered lines as fast as they can until they are told to end, while their
   * shim is killed again and again.
   */
  @Test
  void killedUnderLoad_everyLineOnceInOrder_exitCodesRight() throws Exception {
    var ids = List.of("a", "b");
    for (var id : ids) {
      int code = 10 + id.charAt(0) - 'a';
      var _ = shim.run(id, WRITER + "exit " + code);
    }
    for (int i = 0; i < KILLS; i++) {
      awaitGrowth(shim.log("a"));
      shim.kill();
      shim.startAgain();
      assertEquals(2, shim.list().size());
    }
    Files.createFile(Path.of("/proc/" + shim.list().getFirst().getPid() + "/root/tmp/end"));
    for (var id : ids) {
      assertEquals(10 + id.charAt(0) - 'a', shim.await(id).getExitStatus());
      int lines = assertNumbers(shim.log(id), "stdout");
      assertEquals(lines, assertNumbers(shim.log(id), "stderr"));
      assertEquals(10 + id.charAt(0) - 'a', shim.delete(id).getExitStatus());
    }
  }

  /** Returns when a container, which writes on and on, has written a further megabyte. */
  private static void awaitGrowth(Path log) throws IOException {
    long size = Files.size(log);
    while (Files.size(log) < size + (1 << 20)) {
      LockSupport.parkNanos(100_000);
    }
  }

  /** Every number from 1 on, once and in order; answers the last. */
  private static int assertNumbers(Path log, String stream) throws IOException {
    int expected = 1;
    var word = " " + stream + " F ";
    try (BufferedReader reader = Files.newBufferedReader(log)) {
      for (var line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith(word, 30)) {
          assertEquals(expected, Integer.parseInt(line.substring(30 + word.length())), line);
          expected++;
        }
      }
    }
    assertEquals(0, (expected - 1) % 1000, "lines that were cut off");
    return expected - 1;
  }

  @Test
  void exitWhileNoShimRuns_isKnownToTheNext() throws Exception {
    var _ = shim.run("c", "while [ ! -e /tmp/go ]; do sleep 0.01; done; echo last words; exit 7");
    var pid = shim.list().getFirst().getPid();
    shim.kill();
    Files.createFile(Path.of("/proc/" + pid + "/root/tmp/go"));
    awaitEnd(pid);
    shim.startAgain();
    assertEquals(7, shim.await("c").getExitStatus());
    assertEquals(List.of("last words"), shim.lines("c"));
    assertEquals(7, shim.delete("c").getExitStatus());
  }

  private static void awaitEnd(int pid) {
    while (Files.exists(Path.of("/proc/" + pid))) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void states_areKept() throws Exception {
    var _ = shim.run("running", "sleep 1000");
    var _ =
        shim.call(
            Methods.CREATE,
            shim.request(
                    "created",
                    shim.logged("created"),
                    false,
                    TestBundle.spec("sh", "-c", "echo hi; exit 5"))
                .build());
    var _ = shim.run("paused", "sleep 1000");
    var _ =
        shim.call(
            Methods.PAUSE,
            org.jcontainerd.api.containerd.task.v3.PauseRequest.newBuilder()
                .setId("paused")
                .build());
    shim.kill();
    shim.startAgain();

    assertEquals(Status.RUNNING.getNumber(), status("running"));
    assertEquals(Status.CREATED.getNumber(), status("created"));
    assertEquals(Status.PAUSED.getNumber(), status("paused"));
    var _ = shim.start("created");
    assertEquals(5, shim.await("created").getExitStatus());
    assertEquals(List.of("hi"), shim.lines("created"));
    assertEquals(
        "still\n",
        shim.execSync("running", Duration.ZERO, "echo", "still").getStdout().toStringUtf8());
  }

  private int status(String id) throws Exception {
    return shim.list().stream()
        .filter(task -> task.getId().equals(id))
        .findFirst()
        .orElseThrow()
        .getStatus();
  }

  @Test
  void execs_startedOnesAreKeptAndSyncOnesEnded() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    var _ =
        shim.call(
            Methods.EXEC,
            ExecProcessRequest.newBuilder()
                .setId("c")
                .setExecId("e")
                .setSpec(
                    Any.newBuilder().setValue(RunningShim.process("sh", "-c", "sleep 3; exit 9")))
                .build());
    var _ = shim.call(Methods.START, StartRequest.newBuilder().setId("c").setExecId("e").build());
    var sync =
        Thread.ofVirtual()
            .start(() -> {
              try {
                var _ = shim.execSync("c", Duration.ZERO, "sleep", "4322");
              } catch (IOException e) {
                // the shim is killed under it
              }
            });
    awaitProcess("sleep\0" + "4322", true);
    shim.kill();
    sync.join();
    shim.startAgain();

    assertEquals(
        9,
        shim.call(Methods.WAIT, WaitRequest.newBuilder().setId("c").setExecId("e").build())
            .getExitStatus());
    var _ = shim.call(Methods.DELETE, DeleteRequest.newBuilder().setId("c").setExecId("e").build());
    awaitProcess("sleep\0" + "4322", false);
  }

  private static void awaitProcess(String commandLine, boolean there) throws IOException {
    while (exists(commandLine) != there) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  static boolean exists(String commandLine) throws IOException {
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (var process : processes) {
        try {
          if (Files.readString(process.resolve("cmdline")).startsWith(commandLine)) {
            return true;
          }
        } catch (IOException e) {
          // it has ended between the two calls
        }
      }
    }
    return false;
  }

  @Test
  void unfinishedCreate_isCleanedUp() throws Exception {
    var _ = shim.run("whole", "sleep 1000");
    shim.kill();
    var half = Files.createDirectories(shim.bundle("half"));
    var record =
        Files.readString(shim.bundle("whole").resolve("shim.json"))
            .replace("\"whole\"", "\"half\"");
    Files.writeString(half.resolve("shim.json"), record);
    Files.writeString(shim.bundle("half").resolve("config.json"), "{}");
    shim.startAgain();
    assertEquals(1, shim.list().size());
    assertFalse(Files.exists(half.resolve("shim.json")));
    assertTrue(Files.exists(half.resolve("config.json")));
  }
}
