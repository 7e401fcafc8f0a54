package org.jcontainerd.daemon;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.ContainerMetadata;
import org.jcontainerd.api.cri.v1.CreateContainerRequest;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.api.cri.v1.PodSandboxMetadata;
import org.jcontainerd.api.cri.v1.RunPodSandboxRequest;
import org.jcontainerd.daemon.apparmor.AppArmor;
import org.jcontainerd.daemon.config.ConfigReader;
import org.jcontainerd.daemon.config.Overrides;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.VolumeMounter;
import org.jcontainerd.daemon.cri.CriServer;
import org.jcontainerd.daemon.fake.Failpoints;
import org.jcontainerd.daemon.fake.FakeImages;
import org.jcontainerd.daemon.fake.FakeKernel;
import org.jcontainerd.daemon.fake.FakeNetworks;
import org.jcontainerd.daemon.fake.FakeShim;
import org.jcontainerd.daemon.fake.FakeSnapshotter;
import org.jcontainerd.daemon.fake.MemoryTable;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.spec.HostFacts;
import org.jcontainerd.daemon.spec.UserDatabase;
import org.jcontainerd.daemon.stats.CgroupReader;
import org.jcontainerd.daemon.streaming.PortDialer;
import org.jcontainerd.daemon.streaming.ProcessStreams;
import org.jcontainerd.daemon.streaming.StreamSet;
import org.jcontainerd.daemon.streaming.StreamingEndpoints;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.snapshotter.Mount;
import org.jcontainerd.testing.cri.CriClient;

/** The whole daemon over fakes, served on a real unix socket. */
final class DaemonFixture implements AutoCloseable {
  final Failpoints failpoints = new Failpoints();
  final FakeShim shim = new FakeShim(failpoints);
  final FakeNetworks networks = new FakeNetworks(failpoints);
  final FakeKernel kernel = new FakeKernel(failpoints);
  final FakeSnapshotter snapshotter = new FakeSnapshotter(failpoints);
  final Layout layout;
  private final MemoryTable<Sandbox> sandboxTable = new MemoryTable<>("sandbox", failpoints);
  private final MemoryTable<Container> containerTable = new MemoryTable<>("container", failpoints);
  private final Path directory;
  private final Deque<AtomicBoolean> alive = new ArrayDeque<>();
  private CriServer server;
  CriClient cri;

  DaemonFixture(Path directory) throws Exception {
    this.directory = directory;
    this.layout = new Layout(directory.resolve("root"), directory.resolve("state"), "k8s.io");
    layout.create();
    Path etc = Files.createDirectories(directory.resolve("etc"));
    Files.writeString(etc.resolve("hosts"), "127.0.0.1 localhost\n");
    Files.writeString(etc.resolve("resolv.conf"), "nameserver 192.0.2.1\n");
    server = serve();
    cri = new CriClient(socket());
  }

  Path socket() {
    return directory.resolve("cri.sock");
  }

  /** The daemon dies and a new one starts on the same records; the shim lives on. */
  void restart() throws Exception {
    close();
    server = serve();
    cri = new CriClient(socket());
  }

  private CriServer serve() throws Exception {
    alive.addFirst(new AtomicBoolean(true));
    var daemon = new Daemon(parts());
    daemon.recover();
    return CriServer.start(socket(), daemon.services());
  }

  /**
   * The shim as a process sees it that may be killed: after that none of its waits ever returns.
   */
  private Shim mortal(AtomicBoolean running) {
    return (Shim)
        Proxy.newProxyInstance(
            Shim.class.getClassLoader(),
            new Class<?>[] {Shim.class},
            (_, method, arguments) -> {
              try {
                return method.invoke(shim, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              } finally {
                if (!running.get()) {
                  new CountDownLatch(1).await();
                }
              }
            });
  }

  private Daemon.Parts parts() throws Exception {
    return new Daemon.Parts(
        new ConfigReader(directory).defaults(Overrides.NONE),
        layout,
        sandboxTable,
        containerTable,
        mortal(alive.getFirst()),
        kernel,
        networks,
        new FakeImages(),
        snapshotter,
        (_, _) ->
            UserDatabase.parse(
                "root:x:0:0::/:/bin/sh\napp:x:1000:1001::/:/bin/sh\n",
                "root:x:0:\nextra:x:50000:app\n"),
        new FakeVolumes(),
        new HostFacts(List.of("CAP_CHOWN", "CAP_KILL", "CAP_NET_ADMIN"), 0, false),
        new AppArmor(Path.of("/nowhere")),
        new CgroupReader(new CgroupLayout(List.of())),
        new NoStreaming(),
        path -> path.startsWith("/shared"),
        directory.resolve("etc"),
        Clock.systemUTC());
  }

  static PodSandboxConfig pod(String name) {
    return PodSandboxConfig.newBuilder()
        .setMetadata(
            PodSandboxMetadata.newBuilder()
                .setName(name)
                .setNamespace("ns")
                .setUid("uid-" + name)
                .setAttempt(1))
        .setHostname("host-" + name)
        .putLabels("app", name)
        .putAnnotations("note", "kept")
        .build();
  }

  static ContainerConfig container(String name) {
    return ContainerConfig.newBuilder()
        .setMetadata(ContainerMetadata.newBuilder().setName(name))
        .setImage(ImageSpec.newBuilder().setImage("busybox"))
        .putLabels("c", name)
        .build();
  }

  String run(PodSandboxConfig pod) {
    return cri.runtime()
        .runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(pod).build())
        .getPodSandboxId();
  }

  String create(String podId, ContainerConfig container) {
    return cri.runtime()
        .createContainer(
            CreateContainerRequest.newBuilder().setPodSandboxId(podId).setConfig(container).build())
        .getContainerId();
  }

  /** Nothing of pods and containers is there: not in memory, not on disk. */
  List<String> leftovers() throws Exception {
    var left = new java.util.ArrayList<String>();
    shim.tasks.keySet().forEach(id -> left.add("task " + id));
    networks.connected.forEach(id -> left.add("network " + id));
    kernel.mounts.forEach(m -> left.add("mount " + m));
    snapshotter.active.keySet().forEach(k -> left.add("snapshot " + k));
    Layout.idsIn(layout.netnsDirectory()).forEach(id -> left.add("netns " + id));
    Layout.idsIn(layout.podsDirectory()).forEach(id -> left.add("pod files " + id));
    Layout.idsIn(layout.bundlesDirectory()).forEach(id -> left.add("bundle " + id));
    sandboxTable.all().forEach(s -> left.add("record " + s));
    containerTable.all().forEach(c -> left.add("record " + c));
    return left;
  }

  @Override
  public void close() throws java.io.IOException {
    alive.getFirst().set(false);
    cri.close();
    server.close();
  }

  /** A mounted image has one file. */
  private static final class FakeVolumes implements VolumeMounter {
    @Override
    public void mount(List<Mount> mounts, Path target) throws java.io.IOException {
      Files.createFile(target.resolve("file"));
    }

    @Override
    public void unmount(Path target) throws java.io.IOException {
      Files.deleteIfExists(target.resolve("file"));
    }
  }

  private static final class NoStreaming implements StreamingEndpoints {
    @Override
    public URI exec(StreamSet streams, ProcessStreams.Opener opener) {
      return URI.create("http://127.0.0.1:1/exec/token");
    }

    @Override
    public URI attach(StreamSet streams, ProcessStreams.Opener opener) {
      return URI.create("http://127.0.0.1:1/attach/token");
    }

    @Override
    public URI portForward(PortDialer dialer) {
      return URI.create("http://127.0.0.1:1/portforward/token");
    }
  }
}
