package org.jcontainerd.critest;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jcontainerd.testing.cri.CriClient;
import org.jcontainerd.testing.cri.Pods;
import org.jcontainerd.testing.runtime.ContainerdRuntime;
import org.jcontainerd.testing.runtime.JcontainerdRuntime;
import org.jcontainerd.testing.runtime.Locations;
import org.jcontainerd.testing.runtime.RunningRuntime;
import org.jcontainerd.testing.runtime.TestRegistry;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One registry and one runtime of each kind for the whole run, started when first asked for. */
final class Runtimes implements AutoCloseable {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(Runtimes.class);

  private final Path directory;
  private final TestRegistry registry;
  private final Map<RuntimeKind, Connected> started = new EnumMap<>(RuntimeKind.class);
  private final Map<RuntimeKind, AssertionError> failed = new EnumMap<>(RuntimeKind.class);

  /** A runtime with a connection to it. */
  record Connected(RunningRuntime runtime, CriClient cri, Pods pods) {}

  private Runtimes(Path directory, TestRegistry registry) {
    this.directory = directory;
    this.registry = registry;
  }

  /** The runtimes of this test run. */
  static Runtimes of(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Runtimes.class, _ -> start(), Runtimes.class);
  }

  private static Runtimes start() {
    try {
      Path directory = Files.createTempDirectory(Path.of("/tmp"), "jccri");
      Path layouts = Locations.checkout().resolve("target/bench/images");
      return new Runtimes(directory, TestRegistry.start(layouts, directory.resolve("registry")));
    } catch (IOException e) {
      throw new AssertionError("registry: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("registry: interrupted", e);
    }
  }

  TestRegistry registry() {
    return registry;
  }

  Path directory() {
    return directory;
  }

  /** Starts it at the first call; if it does not start, no later test tries again. */
  Connected get(RuntimeKind kind) {
    var failure = failed.get(kind);
    if (failure != null) {
      throw new AssertionError(kind + " did not start, as an earlier test says", failure);
    }
    return started.computeIfAbsent(kind, this::startFor);
  }

  private Connected startFor(RuntimeKind kind) {
    try {
      return connect(launch(kind));
    } catch (IOException | RuntimeException e) {
      var failure = new AssertionError(kind + ": " + e.getMessage(), e);
      failed.put(kind, failure);
      throw failure;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(kind + ": interrupted", e);
    }
  }

  private RunningRuntime launch(RuntimeKind kind) throws IOException, InterruptedException {
    return switch (kind) {
      case JCONTAINERD -> JcontainerdRuntime.start(directory.resolve("jcontainerd"));
      case CONTAINERD -> ContainerdRuntime.start(directory.resolve("containerd"), registry.pause());
    };
  }

  private Connected connect(RunningRuntime runtime) throws IOException {
    var cri = new CriClient(runtime.socket());
    var pods = new Pods(cri, runtime.directory().resolve("pod-logs"));
    try {
      var _ = pods.pull(registry.busybox());
      warmUp(pods, registry.busybox());
      return new Connected(runtime, cri, pods);
    } catch (StatusRuntimeException e) {
      String log = runtime.log();
      cri.close();
      runtime.close();
      throw new IOException(e.getStatus() + "\n" + log, e);
    }
  }

  /** The first pod makes what stays between pods: the bridge, parent cgroups, base chains. */
  private static void warmUp(Pods pods, String image) {
    var pod = pods.pod("warm-up").build();
    String podId = pods.run(pod);
    pods.start(pods.create(podId, pod, Pods.container("main", image, "sleep", "3600").build()));
    pods.stop(podId);
    pods.remove(podId);
  }

  @Override
  public void close() throws IOException {
    for (Connected each : started.values()) {
      each.cri().close();
      each.runtime().close();
    }
    registry.close();
    Files.delete(directory);
  }
}
