package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jcontainerd.api.cri.v1.ContainerState;
import org.jcontainerd.api.cri.v1.PodSandboxState;
import org.jcontainerd.api.cri.v1.PodSandboxStatusRequest;
import org.jcontainerd.testing.cri.Pods;
import org.jcontainerd.testing.leak.HostState;
import org.jcontainerd.testing.runtime.OtherProcess;
import org.jcontainerd.testing.runtime.TestNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Running pods outlive the daemon and the shim. The reference restarts its daemon in the same way
 * but has no shim that may be killed, so this is for ours alone.
 */
@Tag("cri")
@Timeout(300)
class RestartTest {
  private static final TestNetwork NETWORK = new TestNetwork("jcrest0", "10.204.0.0/16");

  private Optional<OwnDaemon> started = Optional.empty();
  private Optional<HostState> before = Optional.empty();

  @BeforeEach
  void start() throws IOException, InterruptedException {
    started = Optional.of(OwnDaemon.start("jcrestart", NETWORK));
    daemon().warmUp();
    before = Optional.of(HostState.capture());
  }

  private OwnDaemon daemon() {
    return started.orElseThrow();
  }

  @AfterEach
  void removePodsAndLookForLeaks() throws IOException, InterruptedException {
    if (started.isPresent()) {
      try (OwnDaemon daemon = started.get()) {
        daemon.removePods();
        if (before.isPresent()) {
          assertEquals(List.of(), daemon.left(before.get()), "left behind on the host");
        }
      }
    }
  }

  private List<String> startPods(String script) {
    var _ = daemon().pods().pull(daemon().busybox());
    var ids = new ArrayList<String>();
    for (int i = 0; i < 3; i++) {
      var pod = daemon().pods().pod("restart-" + i).build();
      String podId = daemon().pods().run(pod);
      String id =
          daemon()
              .pods()
              .create(
                  podId,
                  pod,
                  Pods.container("main", daemon().busybox(), "sh", "-c", script).build());
      daemon().pods().start(id);
      ids.add(id);
    }
    return ids;
  }

  private void awaitExit(String id) throws InterruptedException {
    var _ =
        CriSuite.await(
            () -> daemon().status(id),
            each -> each.getState() == ContainerState.CONTAINER_EXITED,
            "container exits");
  }

  private void assertEveryLineOnce(String id, int count) throws IOException {
    var numbers =
        Files.readAllLines(Path.of(daemon().status(id).getLogPath())).stream()
            .map(line -> Integer.parseInt(line.split(" ", 4)[3]))
            .toList();
    assertEquals(IntStream.rangeClosed(1, count).boxed().toList(), numbers);
  }

  @Test
  void daemon_killedAndStartedLater_knowsWhatHappenedMeanwhile() throws Exception {
    List<String> ids =
        startPods("i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo $i; sleep 0.01; done; exit 9");
    daemon().kill();
    Path log = daemon().runtime().directory().resolve("pod-logs/restart-0/main.log");
    var _ =
        CriSuite.await(
            () -> lines(log), count -> count == 300, "the log goes on without the daemon");
    daemon().startAgain();
    for (String id : ids) {
      awaitExit(id);
      assertEquals(9, daemon().status(id).getExitCode());
      assertEveryLineOnce(id, 300);
    }
  }

  private static long lines(Path log) {
    try (var lines = Files.lines(log)) {
      return lines.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void daemon_restartedTwice_keepsRunningPodsRunningAndUsable() throws Exception {
    List<String> ids = startPods("sleep 3600");
    for (int i = 0; i < 2; i++) {
      daemon().kill();
      daemon().startAgain();
      for (String id : ids) {
        assertEquals(ContainerState.CONTAINER_RUNNING, daemon().status(id).getState());
        assertEquals(0, daemon().pods().exec(id, "true").getExitCode());
      }
    }
    String podId =
        daemon()
            .cri()
            .runtime()
            .listContainers(org.jcontainerd.api.cri.v1.ListContainersRequest.getDefaultInstance())
            .getContainers(0)
            .getPodSandboxId();
    assertEquals(
        PodSandboxState.SANDBOX_READY,
        daemon()
            .cri()
            .runtime()
            .podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(podId).build())
            .getStatus()
            .getState());
  }

  @Test
  void shim_killedUnderLoad_losesNoLineAndNoExitCode() throws Exception {
    int count = 20_000;
    List<String> ids =
        startPods("i=0; while [ $i -lt " + count + " ]; do i=$((i+1)); echo $i; done; exit 11");
    for (int i = 0; i < 3; i++) {
      for (long pid : daemon().runtime().shims()) {
        OtherProcess.kill(pid);
      }
      // the daemon brings a new one, which adopts the keepers: calls work again
      assertEquals(
          3,
          daemon()
              .cri()
              .runtime()
              .listContainers(org.jcontainerd.api.cri.v1.ListContainersRequest.getDefaultInstance())
              .getContainersCount());
      Thread.sleep(300);
    }
    for (String id : ids) {
      awaitExit(id);
      assertEquals(11, daemon().status(id).getExitCode());
      var _ =
          CriSuite.await(
              () -> lines(Path.of(daemon().status(id).getLogPath())),
              n -> n >= count,
              "every line");
      assertEveryLineOnce(id, count);
    }
  }
}
