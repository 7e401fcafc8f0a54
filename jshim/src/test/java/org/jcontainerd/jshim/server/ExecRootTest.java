package org.jcontainerd.jshim.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jcontainerd.api.containerd.task.v3.CloseIORequest;
import org.jcontainerd.api.containerd.task.v3.DeleteRequest;
import org.jcontainerd.api.containerd.task.v3.ExecProcessRequest;
import org.jcontainerd.api.containerd.task.v3.ResizePtyRequest;
import org.jcontainerd.api.containerd.task.v3.StartRequest;
import org.jcontainerd.api.containerd.task.v3.WaitRequest;
import org.jcontainerd.jrunc.oci.TestBundle;
import org.jcontainerd.jshim.service.Methods;
import org.jcontainerd.ttrpc.TtrpcException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Execs, with and without streams, and attach. */
@Tag("root")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExecRootTest {
  private RunningShim shim;

  ExecRootTest() {}

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    shim = RunningShim.start(directory);
  }

  @AfterEach
  void removeContainers() throws Exception {
    shim.removeContainers();
  }

  @AfterAll
  void end() throws Exception {
    shim.close();
  }

  @Test
  void execSync_outputAndCode() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    var answer = shim.execSync("c", Duration.ZERO, "sh", "-c", "echo out; echo err >&2; exit 5");
    assertEquals("out\n", answer.getStdout().toStringUtf8());
    assertEquals("err\n", answer.getStderr().toStringUtf8());
    assertEquals(5, answer.getExitCode());
    assertFalse(answer.getTimedOut());
    awaitEmpty(shim.bundle("c").resolve("exec"));
  }

  /** The answer does not wait for the removal. */
  private static void awaitEmpty(Path directory) throws Exception {
    while (entries(directory) > 0) {
      Thread.sleep(1);
    }
  }

  private static long entries(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.count();
    }
  }

  @Test
  void execSync_outputAboveFourMegabytes_isWhole() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    var answer = shim.execSync("c", Duration.ZERO, "dd", "if=/dev/zero", "bs=1048576", "count=9");
    assertEquals(9 << 20, answer.getStdout().size());
  }

  @Test
  void execSync_outputAboveTheLimit_isCut() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    var answer = shim.execSync("c", Duration.ZERO, "dd", "if=/dev/zero", "bs=1048576", "count=20");
    assertEquals(16 << 20, answer.getStdout().size());
    assertEquals(0, answer.getExitCode());
  }

  @Test
  void execSync_overTime_everythingItStartedIsGone() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    var answer =
        shim.execSync(
            "c",
            Duration.ofMillis(300),
            "sh",
            "-c",
            "echo begun; (sleep 4323 & sleep 4324); sleep 4321");
    assertTrue(answer.getTimedOut());
    assertEquals("begun\n", answer.getStdout().toStringUtf8());
    for (var left : List.of("4321", "4323", "4324")) {
      assertFalse(AdoptionRootTest.exists("sleep\0" + left), left);
    }
  }

  @Test
  void execSync_childKeepsThePipe_doesNotHang() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    long before = System.nanoTime();
    var answer = shim.execSync("c", Duration.ZERO, "sh", "-c", "echo hi; sleep 4325 & exit 2");
    assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(3));
    assertEquals("hi\n", answer.getStdout().toStringUtf8());
    assertEquals(2, answer.getExitCode());
  }

  @Test
  void execSync_programMissing_fails() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    var failure =
        assertThrows(
            TtrpcException.class, () -> shim.execSync("c", Duration.ZERO, "/no/such/program"));
    assertTrue(failure.getMessage().contains("/no/such/program"), failure.getMessage());
    awaitEmpty(shim.bundle("c").resolve("exec"));
  }

  private void addExec(String execId, boolean terminal, ByteString process) throws TtrpcException {
    var _ =
        shim.call(
            Methods.EXEC,
            ExecProcessRequest.newBuilder()
                .setId("c")
                .setExecId(execId)
                .setTerminal(terminal)
                .setStdin("stream:")
                .setStdout("stream:")
                .setStderr(terminal ? "" : "stream:")
                .setSpec(Any.newBuilder().setValue(process))
                .build());
  }

  private void startExec(String execId) throws TtrpcException {
    var _ =
        shim.call(Methods.START, StartRequest.newBuilder().setId("c").setExecId(execId).build());
  }

  private int endExec(String execId) throws TtrpcException {
    int code =
        shim.call(Methods.WAIT, WaitRequest.newBuilder().setId("c").setExecId(execId).build())
            .getExitStatus();
    var _ =
        shim.call(Methods.DELETE, DeleteRequest.newBuilder().setId("c").setExecId(execId).build());
    return code;
  }

  @Test
  void exec_withStreams() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    addExec("e", false, RunningShim.process("sh", "-c", "cat; echo err >&2; exit 6"));
    try (var stdin = shim.stream("c", "e", "stdin");
        var stdout = shim.stream("c", "e", "stdout");
        var stderr = shim.stream("c", "e", "stderr")) {
      startExec("e");
      RunningShim.write(stdin, "hello\n");
      assertEquals("hello", RunningShim.readLine(stdout));
      var _ = stdin.shutdownOutput();
      assertEquals("", RunningShim.readAll(stdout));
      assertEquals("err\n", RunningShim.readAll(stderr));
    }
    assertEquals(6, endExec("e"));
  }

  @Test
  void exec_slowReader_losesNothing() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    addExec("e", false, RunningShim.process("sh", "-c", "busybox seq 1 300000"));
    try (var stdout = shim.stream("c", "e", "stdout")) {
      startExec("e");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
      var text = RunningShim.readAll(stdout);
      assertEquals(300_000, text.lines().count());
      assertTrue(text.endsWith("300000\n"));
    }
    assertEquals(0, endExec("e"));
  }

  @Test
  void exec_terminal_resizes() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    addExec("e", true, RunningShim.process("sh", "-c", "read go; stty size"));
    try (var stdin = shim.stream("c", "e", "stdin");
        var stdout = shim.stream("c", "e", "stdout")) {
      startExec("e");
      var _ =
          shim.call(
              Methods.RESIZE_PTY,
              ResizePtyRequest.newBuilder()
                  .setId("c")
                  .setExecId("e")
                  .setWidth(91)
                  .setHeight(33)
                  .build());
      RunningShim.write(stdin, "go\n");
      assertEquals("go\r\n33 91\r\n", RunningShim.readAll(stdout));
    }
    assertEquals(0, endExec("e"));
  }

  @Test
  void execNeverStarted_deleted() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    addExec("e", false, RunningShim.process("true"));
    var _ = shim.call(Methods.DELETE, DeleteRequest.newBuilder().setId("c").setExecId("e").build());
    assertThrows(TtrpcException.class, () -> startExec("e"));
  }

  @Test
  void attach_outputToSeveralClientsAndTheLog_stdinOnce() throws Exception {
    var _ =
        shim.call(
            Methods.CREATE,
            shim.request(
                    "c",
                    shim.logged("c").setStdin(true).setStdinOnce(true),
                    true,
                    TestBundle.spec("sh", "-c", "cat; echo end"))
                .build());
    try (var first = shim.stream("c", "", "stdout");
        var second = shim.stream("c", "", "stdout");
        var stdin = shim.stream("c", "", "stdin")) {
      awaitAttached(stdin, first);
      RunningShim.write(stdin, "to all\n");
      assertEquals("to all", RunningShim.readLine(first));
      var _ = stdin.shutdownOutput();
      assertEquals("end\n", RunningShim.readAll(first));
      assertTrue(RunningShim.readAll(second).endsWith("to all\nend\n"));
    }
    assertEquals(0, shim.await("c").getExitStatus());
    assertEquals(List.of("ping", "to all", "end"), shim.lines("c"));
  }

  /** Attaching is not acknowledged once more when the client is in: the first echo shows it. */
  private static void awaitAttached(
      java.nio.channels.SocketChannel stdin, java.nio.channels.SocketChannel stdout)
      throws IOException {
    RunningShim.write(stdin, "ping\n");
    assertEquals("ping", RunningShim.readLine(stdout));
  }

  @Test
  void attach_deafClient_delaysNobody() throws Exception {
    try (var deaf = attachAfterRun("sleep 0.2; busybox seq 1 1000000")) {
      assertEquals(0, shim.await("c").getExitStatus());
      assertEquals(1_000_000, shim.lines("c").size());
      assertTrue(RunningShim.readAll(deaf).length() < 4 << 20);
    }
  }

  private java.nio.channels.SocketChannel attachAfterRun(String script) throws Exception {
    var _ = shim.run("c", script);
    return shim.stream("c", "", "stdout");
  }

  @Test
  void closeIo_endsStdinOfExec() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    addExec("e", false, RunningShim.process("cat"));
    try (var stdin = shim.stream("c", "e", "stdin");
        var stdout = shim.stream("c", "e", "stdout")) {
      startExec("e");
      RunningShim.write(stdin, "x\n");
      assertEquals("x", RunningShim.readLine(stdout));
      var _ =
          shim.call(
              Methods.CLOSE_IO,
              CloseIORequest.newBuilder().setId("c").setExecId("e").setStdin(true).build());
      assertEquals("", RunningShim.readAll(stdout));
    }
    assertEquals(0, endExec("e"));
  }

  @Test
  void stream_unknownTask_isToldWhy() throws Exception {
    var failure = assertThrows(IOException.class, () -> shim.stream("nobody", "", "stdout"));
    assertTrue(failure.toString().contains("task 'nobody' does not exist"), failure.toString());
  }
}
