package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.ContainerState;
import org.jcontainerd.api.cri.v1.ContainerStatus;
import org.jcontainerd.api.cri.v1.ContainerStatusRequest;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.api.cri.v1.PodSandboxStatus;
import org.jcontainerd.api.cri.v1.PodSandboxStatusRequest;
import org.jcontainerd.testing.Patience;
import org.jcontainerd.testing.cri.CriClient;
import org.jcontainerd.testing.cri.Pods;
import org.jcontainerd.testing.leak.HostState;
import org.jcontainerd.testing.runtime.RunningRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the tests over the CRI socket share: a runtime of each kind, pods that are removed after
 * each test, and the check that ours leaves nothing on the host.
 */
@Tag("cri")
@Timeout(120)
@ParameterizedClass(name = "{0}")
@MethodSource("org.jcontainerd.critest.RuntimeKind#asked")
abstract class CriSuite {
  static final Duration PATIENCE = Patience.of(Duration.ofSeconds(30));

  @RegisterExtension static final Finder FINDER = new Finder();

  @Parameter RuntimeKind kind = RuntimeKind.JCONTAINERD;

  private final ArrayDeque<String> made = new ArrayDeque<>();
  private Optional<HostState> before = Optional.empty();

  /** Gives the tests the runtimes of the run. */
  static final class Finder implements BeforeAllCallback {
    private Optional<Runtimes> runtimes = Optional.empty();

    @Override
    public void beforeAll(ExtensionContext context) {
      runtimes = Optional.of(Runtimes.of(context));
    }

    Runtimes get() {
      return runtimes.orElseThrow();
    }
  }

  @BeforeEach
  void rememberHost() throws IOException {
    var missing = kind.missing();
    assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    var _ = runtime(); // started before we look
    before = Optional.of(HostState.capture());
  }

  @AfterEach
  void removePodsAndLookForLeaks() throws IOException, InterruptedException {
    boolean hadPods = !made.isEmpty();
    while (!made.isEmpty()) {
      String podId = made.pop();
      pods().stop(podId);
      pods().remove(podId);
    }
    if (kind == RuntimeKind.JCONTAINERD && before.isPresent()) {
      List<String> left = hadPods ? before.get().leftByPods(_ -> false) : before.get().left();
      assertEquals(List.of(), left, "left behind on the host");
    }
  }

  Runtimes runtimes() {
    return FINDER.get();
  }

  RunningRuntime runtime() {
    return runtimes().get(kind).runtime();
  }

  CriClient cri() {
    return runtimes().get(kind).cri();
  }

  Pods pods() {
    return runtimes().get(kind).pods();
  }

  String busybox() {
    return runtimes().registry().busybox();
  }

  /** Runs a pod that is removed after the test. */
  String run(PodSandboxConfig pod) {
    String podId = pods().run(pod);
    made.push(podId);
    return podId;
  }

  /** Creates and starts a container. */
  String start(String podId, PodSandboxConfig pod, ContainerConfig container) {
    String id = pods().create(podId, pod, container);
    pods().start(id);
    return id;
  }

  /** A pod with one running container; the container's id. */
  String startShell(String name, String script) {
    var pod = pods().pod(name).build();
    return start(run(pod), pod, shell("main", script).build());
  }

  /** A container that runs a shell script. */
  ContainerConfig.Builder shell(String name, String script) {
    return Pods.container(name, busybox(), "sh", "-c", script);
  }

  ContainerStatus status(String containerId) {
    return cri()
        .runtime()
        .containerStatus(ContainerStatusRequest.newBuilder().setContainerId(containerId).build())
        .getStatus();
  }

  PodSandboxStatus podStatus(String podId) {
    return cri()
        .runtime()
        .podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(podId).build())
        .getStatus();
  }

  ContainerStatus awaitExit(String containerId) throws InterruptedException {
    return await(
        () -> status(containerId),
        each -> each.getState() == ContainerState.CONTAINER_EXITED,
        "container exits");
  }

  /** Looks at {@code value} until it is as wanted. */
  static <T> T await(Supplier<T> value, Predicate<T> wanted, String what)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    T now = value.get();
    while (!wanted.test(now)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(what + ": not within " + PATIENCE + ", last: " + now);
      }
      Thread.sleep(20);
      now = value.get();
    }
    return now;
  }

  /** What {@code sh -c script} prints in a container; fails if it fails. */
  String output(String containerId, String script) {
    var answer = pods().exec(containerId, "sh", "-c", script);
    assertEquals(0, answer.getExitCode(), () -> script + ": " + answer.getStderr().toStringUtf8());
    return answer.getStdout().toStringUtf8().strip();
  }

  /** The status of a call that must be refused. */
  static Status refused(Supplier<?> call) {
    return assertThrows(StatusRuntimeException.class, call::get).getStatus();
  }

  /** A refusal of ours names what was asked for; the reference words it in its own way. */
  void assertNames(Status status, String... parts) {
    if (kind == RuntimeKind.JCONTAINERD) {
      String text = String.valueOf(status.getDescription());
      var missing = new ArrayList<>(List.of(parts));
      missing.removeIf(text::contains);
      assertEquals(List.of(), missing, () -> "not in '" + text + "'");
    }
  }

  /** Skips the rest of a test that asks for more than the reference gives. */
  void onlyOurs(String whatTheReferenceDoes) {
    assumeTrue(kind == RuntimeKind.JCONTAINERD, "containerd 1.6 " + whatTheReferenceDoes);
  }
}
