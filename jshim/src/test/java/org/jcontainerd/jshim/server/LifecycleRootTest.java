package org.jcontainerd.jshim.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.api.containerd.task.v3.ConnectRequest;
import org.jcontainerd.api.containerd.task.v3.PauseRequest;
import org.jcontainerd.api.containerd.task.v3.PidsRequest;
import org.jcontainerd.api.containerd.task.v3.ResumeRequest;
import org.jcontainerd.api.containerd.task.v3.StateRequest;
import org.jcontainerd.api.containerd.task.v3.StatsRequest;
import org.jcontainerd.api.containerd.types.task.Status;
import org.jcontainerd.api.shim.v1.ReopenLogRequest;
import org.jcontainerd.jrunc.oci.TestBundle;
import org.jcontainerd.jshim.service.Methods;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.ttrpc.Code;
import org.jcontainerd.ttrpc.TtrpcException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Containers through the task service of a real shim. */
@Tag("root")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LifecycleRootTest {
  private RunningShim shim;

  LifecycleRootTest() {}

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
  void container_createStartWaitDelete() throws Exception {
    var created =
        shim.call(
            Methods.CREATE,
            shim.request(
                    "c",
                    shim.logged("c"),
                    false,
                    TestBundle.spec("sh", "-c", "echo out; echo err >&2; exit 3"))
                .build());
    assertEquals(Status.CREATED, state("c"));
    assertEquals(created.getPid(), shim.start("c"));

    assertEquals(3, shim.await("c").getExitStatus());
    assertEquals(Status.STOPPED, state("c"));
    var lines = Files.readAllLines(shim.log("c"));
    assertTrue(lines.stream().anyMatch(line -> line.endsWith(" stdout F out")), lines.toString());
    assertTrue(lines.stream().anyMatch(line -> line.endsWith(" stderr F err")), lines.toString());

    var deleted = shim.delete("c");
    assertEquals(3, deleted.getExitStatus());
    assertEquals(created.getPid(), deleted.getPid());
    assertFalse(Files.exists(shim.bundle("c").resolve("shim.json")));
    assertFalse(Files.exists(shim.bundle("c").resolve("init")));
    assertEquals(Code.NOT_FOUND, failure(() -> shim.delete("c")).code());
  }

  @Test
  void createWithStart_runsAtOnceAndStartIsANoOp() throws Exception {
    int pid = shim.run("c", "sleep 1000");
    assertEquals(Status.RUNNING, state("c"));
    assertEquals(pid, shim.start("c"));
    shim.signal("c", 9);
    assertEquals(137, shim.await("c").getExitStatus());
  }

  @Test
  void idTaken_alreadyExists() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    assertEquals(Code.ALREADY_EXISTS, failure(() -> shim.run("c", "true")).code());
    assertEquals(Status.RUNNING, state("c"));
  }

  @Test
  void programMissing_createFailsAndLeavesNothing() throws Exception {
    var failure =
        failure(() ->
            shim.call(
                Methods.CREATE,
                shim.request("c", shim.logged("c"), true, TestBundle.spec("/no/such/program"))
                    .build()));
    assertTrue(failure.getMessage().contains("/no/such/program"), failure.getMessage());
    assertEquals(List.of(), shim.list());
    assertFalse(Files.exists(shim.bundle("c").resolve("shim.json")));
  }

  @Test
  void deleteOfRunning_failedPrecondition() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    assertEquals(Code.FAILED_PRECONDITION, failure(() -> shim.delete("c")).code());
  }

  @Test
  void deleteOfCreated_endsIt() throws Exception {
    var _ =
        shim.call(
            Methods.CREATE,
            shim.request("c", shim.logged("c"), false, TestBundle.spec("sleep", "1000")).build());
    assertEquals(137, shim.delete("c").getExitStatus());
  }

  @Test
  void killOfStopped_notFound() throws Exception {
    var _ = shim.run("c", "exit 0");
    assertEquals(0, shim.await("c").getExitStatus());
    assertEquals("process already finished", failure(() -> shim.signal("c", 9)).description());
  }

  @Test
  void pauseAndResume() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    var _ = shim.call(Methods.PAUSE, PauseRequest.newBuilder().setId("c").build());
    assertEquals(Status.PAUSED, state("c"));
    assertEquals(
        Code.FAILED_PRECONDITION, failure(() -> shim.execSync("c", Duration.ZERO, "true")).code());
    var _ = shim.call(Methods.RESUME, ResumeRequest.newBuilder().setId("c").build());
    assertEquals(Status.RUNNING, state("c"));
  }

  @Test
  void killOfPaused_ends() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    var _ = shim.call(Methods.PAUSE, PauseRequest.newBuilder().setId("c").build());
    shim.signal("c", 9);
    assertEquals(137, shim.await("c").getExitStatus());
  }

  @Test
  void pidsStatsConnectList() throws Exception {
    int pid = shim.run("c", "sleep 1000");
    var pids = shim.call(Methods.PIDS, PidsRequest.newBuilder().setId("c").build());
    assertTrue(pids.getProcessesList().stream().anyMatch(p -> p.getPid() == pid));
    var stats = shim.call(Methods.STATS, StatsRequest.newBuilder().setId("c").build()).getStats();
    assertEquals("io.containerd.cgroups.v1.Metrics", stats.getTypeUrl());
    assertTrue(stats.getValue().size() > 20);
    assertEquals(
        pid,
        shim.call(Methods.CONNECT, ConnectRequest.newBuilder().setId("c").build()).getTaskPid());
    var task = shim.list().getFirst();
    assertEquals("c", task.getId());
    assertEquals(Status.RUNNING.getNumber(), task.getStatus());
  }

  @Test
  void outOfMemory_isKnownAtTheExit() throws Exception {
    var spec = TestBundle.spec("busybox", "tail", "/dev/zero");
    var linux = spec.linux().orElseThrow();
    var limited =
        Linux.builder()
            .namespaces(linux.namespaces())
            .resources(
                Resources.builder().memory(Memory.builder().limit(16L << 20).build()).build())
            .build();
    var withLimit =
        Spec.builder()
            .ociVersion(spec.ociVersion())
            .root(spec.root().orElseThrow())
            .process(spec.process().orElseThrow())
            .mounts(spec.mounts())
            .linux(limited)
            .build();
    var _ = shim.call(Methods.CREATE, shim.request("c", shim.logged("c"), true, withLimit).build());
    assertEquals(137, shim.await("c").getExitStatus());
    assertTrue(shim.list().getFirst().getOomKilled());

    var _ = shim.run("d", "exit 1");
    assertEquals(1, shim.await("d").getExitStatus());
    assertFalse(
        shim.list().stream().anyMatch(task -> task.getId().equals("d") && task.getOomKilled()));
  }

  @Test
  void serviceV2_answersToo() throws Exception {
    var _ = shim.run("c", "sleep 1000");
    var state =
        shim.call(Methods.STATE.in(Methods.TASK_V2), StateRequest.newBuilder().setId("c").build());
    assertEquals(Status.RUNNING, state.getStatus());
  }

  @Test
  void terminal_outputIsLogged() throws Exception {
    var spec = TestBundle.spec("sh", "-c", "tty; echo hello; exit 4");
    var terminal =
        Spec.builder()
            .ociVersion(spec.ociVersion())
            .root(spec.root().orElseThrow())
            .process(
                ProcessSpec.builder()
                    .terminal(true)
                    .args(spec.process().orElseThrow().args())
                    .env(List.of("PATH=/bin"))
                    .cwd("/")
                    .build())
            .mounts(spec.mounts())
            .linux(spec.linux().orElseThrow())
            .build();
    var _ = shim.call(Methods.CREATE, shim.request("c", shim.logged("c"), true, terminal).build());
    assertEquals(4, shim.await("c").getExitStatus());
    assertEquals(List.of("/dev/pts/0\r", "hello\r"), shim.lines("c"));
  }

  @Test
  void reopenLog_afterRename_newFileAtOnce() throws Exception {
    var _ = shim.run("c", "echo one; while [ ! -e /tmp/go ]; do sleep 0.01; done; echo two");
    awaitLines("c", 1);
    Files.move(shim.log("c"), shim.log("c").resolveSibling("rotated"));
    var _ = shim.call(Methods.REOPEN_LOG, ReopenLogRequest.newBuilder().setId("c").build());
    assertEquals(List.of(), shim.lines("c"));
    assertEquals(0, shim.execSync("c", Duration.ZERO, "touch", "/tmp/go").getExitCode());
    var _ = shim.await("c");
    assertEquals(List.of("two"), shim.lines("c"));
  }

  @Test
  void secondStart_findsTheSameShim() throws Exception {
    int pid = shim.pid();
    var address = RunningShim.startProcess(shim.state);
    assertEquals(pid, shim.pid());
    assertTrue(Files.exists(RunningShim.socket(address)));
  }

  @Test
  void secondServe_endsBecauseOfTheLock() throws Exception {
    var second =
        new ProcessBuilder(RunningShim.command(shim.state, "serve"))
            .redirectErrorStream(true)
            .start();
    assertTrue(second.waitFor(20, TimeUnit.SECONDS));
    var said = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(said.contains("another shim serves already"), said);
    assertTrue(shim.pid() > 0);
  }

  private void awaitLines(String id, int count) throws Exception {
    while (shim.lines(id).size() < count) {
      Thread.onSpinWait();
    }
  }

  private Status state(String id) throws TtrpcException {
    return shim.call(Methods.STATE, StateRequest.newBuilder().setId(id).build()).getStatus();
  }

  /** Something that fails. */
  private interface Failing {
    Object run() throws Exception;
  }

  private interface FailingVoid {
    void run() throws Exception;
  }

  private static TtrpcException failure(Failing call) {
    return assertThrows(TtrpcException.class, () -> call.run());
  }

  private static TtrpcException failure(FailingVoid call) {
    return assertThrows(TtrpcException.class, call::run);
  }
}
