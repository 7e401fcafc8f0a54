package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.api.cri.v1.ContainerStatus;
import org.jcontainerd.api.cri.v1.ContainerStatusRequest;
import org.jcontainerd.api.cri.v1.ListPodSandboxRequest;
import org.jcontainerd.testing.cri.CriClient;
import org.jcontainerd.testing.cri.Pods;
import org.jcontainerd.testing.leak.HostState;
import org.jcontainerd.testing.runtime.JcontainerdRuntime;
import org.jcontainerd.testing.runtime.Locations;
import org.jcontainerd.testing.runtime.TestNetwork;
import org.jcontainerd.testing.runtime.TestRegistry;

/** A daemon of ours, a registry and a connection of one test's own, to be killed at will. */
final class OwnDaemon implements AutoCloseable {
  private final Path directory;
  private final TestRegistry registry;
  private final JcontainerdRuntime daemon;
  private CriClient cri;
  private Pods pods;

  private OwnDaemon(Path directory, TestRegistry registry, JcontainerdRuntime daemon) {
    this.directory = directory;
    this.registry = registry;
    this.daemon = daemon;
    this.cri = new CriClient(daemon.socket());
    this.pods = pods(cri);
  }

  static OwnDaemon start(String name, TestNetwork network)
      throws IOException, InterruptedException {
    return start(name, network, Locations.home().resolve("cni"));
  }

  /** As {@link #start(String, TestNetwork)} with the CNI plugins of a directory. */
  static OwnDaemon start(String name, TestNetwork network, Path plugins)
      throws IOException, InterruptedException {
    assumeTrue(
        RuntimeKind.asked().contains(RuntimeKind.JCONTAINERD), "only the reference was asked for");
    Path directory = Files.createTempDirectory(Path.of("/tmp"), name);
    Path layouts = Locations.checkout().resolve("target/bench/images");
    var registry = TestRegistry.start(layouts, directory.resolve("registry"));
    try {
      var daemon =
          JcontainerdRuntime.start(directory.resolve("jcontainerd"), network, List.of(plugins));
      return new OwnDaemon(directory, registry, daemon);
    } catch (IOException | RuntimeException e) {
      registry.close();
      Files.deleteIfExists(directory);
      throw e;
    }
  }

  private Pods pods(CriClient connection) {
    return new Pods(connection, daemon.directory().resolve("pod-logs"));
  }

  String busybox() {
    return registry.busybox();
  }

  CriClient cri() {
    return cri;
  }

  Pods pods() {
    return pods;
  }

  JcontainerdRuntime runtime() {
    return daemon;
  }

  /** SIGKILL. */
  void kill() {
    daemon.kill();
  }

  /** Starts it again after a kill, with a new connection. */
  void startAgain() throws IOException, InterruptedException {
    cri.close();
    daemon.start();
    cri = new CriClient(daemon.socket());
    pods = pods(cri);
  }

  ContainerStatus status(String containerId) {
    return cri.runtime()
        .containerStatus(ContainerStatusRequest.newBuilder().setContainerId(containerId).build())
        .getStatus();
  }

  /** The first pod makes what stays between pods: the bridge, parent cgroups, base chains. */
  void warmUp() {
    var _ = pods.pull(busybox());
    removePod(pods.run(pods.pod("warm-up").build()));
  }

  /** Removes every pod there is. */
  void removePods() {
    cri.runtime()
        .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
        .getItemsList()
        .forEach(pod -> removePod(pod.getId()));
  }

  private void removePod(String id) {
    pods.stop(id);
    pods.remove(id);
  }

  /** What is on the host that was not, but for the daemon and the shim themselves. */
  List<String> left(HostState before) throws IOException, InterruptedException {
    String own = daemon.directory().toString();
    return before.leftByPods(each ->
        each.startsWith("process ") && each.contains(own) && each.contains("org.jcontainerd."));
  }

  @Override
  public void close() throws IOException {
    cri.close();
    daemon.close();
    registry.close();
    Files.delete(directory);
  }
}
