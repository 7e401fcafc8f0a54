package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jcontainerd.api.cri.v1.ContainerState;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.ListContainersRequest;
import org.jcontainerd.api.cri.v1.ListPodSandboxRequest;
import org.jcontainerd.api.cri.v1.PodSandboxState;
import org.jcontainerd.api.cri.v1.RemoveContainerRequest;
import org.jcontainerd.api.cri.v1.RemoveImageRequest;
import org.jcontainerd.api.cri.v1.StartContainerRequest;
import org.jcontainerd.api.cri.v1.StopContainerRequest;
import org.jcontainerd.testing.cri.Pods;
import org.jcontainerd.testing.leak.HostState;
import org.jcontainerd.testing.runtime.TestNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * kill -9 of the daemon in the middle of every step, restart, retry: the same result, and nothing
 * left at the end. Only for our daemon: the reference does not promise it (containerd keeps the
 * name of an interrupted CreateContainer reserved).
 */
@Tag("cri")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class CrashTest {
  private static final TestNetwork NETWORK = new TestNetwork("jccrash0", "10.203.0.0/16");

  /** When the daemon is killed after the call was sent, in milliseconds. */
  private static final List<Integer> DELAYS = List.of(0, 2, 5, 10, 20, 60);

  private Optional<OwnDaemon> started = Optional.empty();

  @BeforeEach
  void start() throws IOException, InterruptedException {
    started = Optional.of(OwnDaemon.start("jccrash", NETWORK));
  }

  private OwnDaemon daemon() {
    return started.orElseThrow();
  }

  @AfterEach
  void stop() throws IOException {
    if (started.isPresent()) {
      started.get().close();
    }
  }

  private void removeImage(String image) {
    var _ =
        daemon()
            .cri()
            .images()
            .removeImage(
                RemoveImageRequest.newBuilder()
                    .setImage(ImageSpec.newBuilder().setImage(image))
                    .build());
  }

  /** Sends the call, kills the daemon while it is under way, restarts it, and sends it again. */
  private <T> T crash(int delayMillis, Supplier<T> call) throws Exception {
    var underway = CompletableFuture.supplyAsync(call);
    try {
      var _ = underway.get(delayMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // still under way: the interesting case
    } catch (ExecutionException e) {
      throw new AssertionError(
          "before the kill: " + e.getCause() + "\n" + daemon().runtime().log(), e);
    }
    daemon().kill();
    try {
      var _ = underway.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      assertTrue(e.getCause() instanceof StatusRuntimeException, () -> "" + e.getCause());
    }
    daemon().startAgain();
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      throw new AssertionError(
          "retry after a kill at "
              + delayMillis
              + " ms: "
              + e.getStatus()
              + "\n"
              + daemon().runtime().log(),
          e);
    }
  }

  @Test
  void everyStep_killedAndRetried_endsWithTheSameResult() throws Exception {
    String image = daemon().busybox();
    daemon().warmUp();
    removeImage(image);
    HostState before = HostState.capture();
    for (int delay : DELAYS) {
      String imageId = crash(delay, () -> daemon().pods().pull(image));
      assertTrue(!imageId.isEmpty());
      onePod(delay, image);
      var _ = crash(delay, () -> removeAndAnswerImage(imageId));
    }
    assertEquals(List.of(), daemon().left(before), "left behind on the host");
    assertEquals(List.of(), daemon().runtime().temporaryFiles(), "left behind by the killed");
  }

  private boolean removeAndAnswerImage(String imageId) {
    removeImage(imageId);
    return true;
  }

  private void onePod(int delay, String image) throws Exception {
    var pod = daemon().pods().pod("crash-" + delay).build();
    String podId = crash(delay, () -> daemon().pods().run(pod));
    var listed =
        daemon().cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
    assertEquals(
        List.of(podId),
        listed.getItemsList().stream()
            .filter(each -> each.getState() == PodSandboxState.SANDBOX_READY)
            .map(each -> each.getId())
            .toList());
    var config =
        Pods.container(
                "main", image, "sh", "-c", "i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done")
            .build();
    String id = crash(delay, () -> daemon().pods().create(podId, pod, config));
    assertEquals(
        1,
        daemon()
            .cri()
            .runtime()
            .listContainers(ListContainersRequest.getDefaultInstance())
            .getContainersCount());
    crash(delay, () -> startUnlessRunning(id));
    assertEquals(ContainerState.CONTAINER_RUNNING, daemon().status(id).getState());
    assertEquals(0, crash(delay, () -> daemon().pods().exec(id, "true")).getExitCode());
    logHasEveryLine(id);
    endIt(delay, podId, id);
  }

  private void endIt(int delay, String podId, String id) throws Exception {
    var stop = StopContainerRequest.newBuilder().setContainerId(id).setTimeout(0).build();
    var _ = crash(delay, () -> daemon().cri().runtime().stopContainer(stop));
    assertEquals(137, daemon().status(id).getExitCode());
    var remove = RemoveContainerRequest.newBuilder().setContainerId(id).build();
    var _ = crash(delay, () -> daemon().cri().runtime().removeContainer(remove));
    var _ = crash(delay, () -> stopAndAnswer(podId));
    var _ = crash(delay, () -> removeAndAnswer(podId));
    assertEquals(
        0,
        daemon()
            .cri()
            .runtime()
            .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
            .getItemsCount());
  }

  private boolean stopAndAnswer(String podId) {
    daemon().pods().stop(podId);
    return true;
  }

  private boolean removeAndAnswer(String podId) {
    daemon().pods().remove(podId);
    return true;
  }

  /** kubelet looks at the state before it starts a container again; so do we. */
  private boolean startUnlessRunning(String id) {
    if (daemon().status(id).getState() == ContainerState.CONTAINER_CREATED) {
      var _ =
          daemon()
              .cri()
              .runtime()
              .startContainer(StartContainerRequest.newBuilder().setContainerId(id).build());
    }
    return true;
  }

  private void logHasEveryLine(String id) throws IOException {
    List<String> lines = Files.readAllLines(Path.of(daemon().status(id).getLogPath()));
    var numbers =
        lines.subList(0, Math.max(0, lines.size() - 1)).stream()
            .map(line -> Integer.parseInt(line.split(" ", 4)[3]))
            .toList();
    assertEquals(IntStream.rangeClosed(1, numbers.size()).boxed().toList(), numbers);
  }
}
