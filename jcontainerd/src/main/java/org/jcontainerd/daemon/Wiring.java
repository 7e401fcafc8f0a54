package org.jcontainerd.daemon;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.cni.CniHost;
import org.jcontainerd.daemon.apparmor.AppArmor;
import org.jcontainerd.daemon.apparmor.DefaultProfile;
import org.jcontainerd.daemon.concurrent.Fanout;
import org.jcontainerd.daemon.concurrent.Undo;
import org.jcontainerd.daemon.concurrent.UndoException;
import org.jcontainerd.daemon.config.Config;
import org.jcontainerd.daemon.container.ContainerTable;
import org.jcontainerd.daemon.container.MountedImageUsers;
import org.jcontainerd.daemon.container.VolumeMounter;
import org.jcontainerd.daemon.content.ContentStore;
import org.jcontainerd.daemon.cri.CriServer;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.image.LocalImages;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.metadata.Database;
import org.jcontainerd.daemon.metadata.Migration;
import org.jcontainerd.daemon.network.NetworkDirectories;
import org.jcontainerd.daemon.network.Networks;
import org.jcontainerd.daemon.registry.HttpTransport;
import org.jcontainerd.daemon.registry.RegistryClient;
import org.jcontainerd.daemon.registry.RegistryHosts;
import org.jcontainerd.daemon.sandbox.CniNetworks;
import org.jcontainerd.daemon.sandbox.PodKernel;
import org.jcontainerd.daemon.sandbox.SandboxTable;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.shim.ShimClient;
import org.jcontainerd.daemon.snapshot.SqliteSnapshotStore;
import org.jcontainerd.daemon.spec.HostFacts;
import org.jcontainerd.daemon.stats.CgroupReader;
import org.jcontainerd.daemon.streaming.StreamingServer;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.snapshotter.Snapshotter;
import org.jcontainerd.snapshotter.nativefs.NativeSnapshotter;
import org.jcontainerd.snapshotter.overlayfs.OverlayfsSnapshotter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the daemon's parts in order, hands each what it needs, and closes them in reverse. */
final class Wiring implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Wiring.class);

  private final Config config;
  private final CriServer server;
  private final Undo parts;

  private Wiring(Config config, CriServer server, Undo parts) {
    this.config = config;
    this.server = server;
    this.parts = parts;
  }

  /** Starts everything; clients may come when this returns. */
  static Wiring start(Config config) throws Exception {
    var parts = new Undo("start");
    try {
      return new Wiring(config, serve(config, parts), parts);
    } catch (Exception e) {
      try {
        parts.close();
      } catch (UndoException also) {
        e.addSuppressed(also);
      }
      throw e;
    }
  }

  private static CriServer serve(Config config, Undo parts) throws Exception {
    var layout = new Layout(config.root(), config.state(), ShimClient.NAMESPACE);
    layout.create();
    for (Path held : List.of(config.root(), config.state())) {
      var lock = InstanceLock.of(held);
      parts.push("unlock", lock::close);
    }
    new PauseRoot(layout.pauseRoot()).fill(config.runtime().helper());
    // the shim's start costs as much as all of the rest
    var fanout = new Fanout("start");
    var shim = fanout.fork("shim", () -> ShimClient.start(config));
    var below = fanout.fork("storage", () -> storage(config, layout, parts));
    fanout.join();
    parts.push("disconnect shim", shim.get()::close);
    var daemon = new Daemon(parts(config, layout, shim.get(), below.get(), parts));
    daemon.recover();
    var server = CriServer.start(config.address(), daemon.services());
    parts.push("close socket", server::close);
    return server;
  }

  private record Storage(Database database, Snapshotter snapshotter, LocalImages images) {}

  private static Storage storage(Config config, Layout layout, Undo parts) throws Exception {
    var database = Database.open(layout.database(), migrations());
    parts.push("close database", database::close);
    Snapshotter snapshotter = snapshotter(config, database);
    for (String each : snapshotter.removeOrphans()) {
      log.atInfo().addKeyValue("snapshot", each).log("leftover removed");
    }
    var transport = new HttpTransport();
    parts.push("close registry connections", transport::close);
    var images =
        new LocalImages(
            database,
            ContentStore.open(config.root().resolve("content")),
            snapshotter,
            new RegistryClient(transport, RegistryHosts.in(config.images().registryConfig())),
            config.images().maxConcurrentDownloads());
    return new Storage(database, snapshotter, images);
  }

  private static Snapshotter snapshotter(Config config, Database database) throws IOException {
    String name = config.images().snapshotter();
    Path root = config.root().resolve("snapshots").resolve(name);
    return switch (name) {
      case "overlayfs" -> OverlayfsSnapshotter.open(root, new SqliteSnapshotStore(database, name));
      case "native" -> NativeSnapshotter.open(root, new SqliteSnapshotStore(database, name));
      default -> throw new DaemonFailure.Unimplemented("snapshotter '" + name + "': not built yet");
    };
  }

  private static Daemon.Parts parts(
      Config config, Layout layout, Shim shim, Storage below, Undo parts) throws IOException {
    var cni = config.cni();
    var networks =
        new Networks(
            new NetworkDirectories(cni.confDir(), cni.binDirs(), cni.cacheDir()),
            new CniHost(Optional.empty()));
    parts.push("close networks", networks::close);
    var streaming =
        StreamingServer.listen(
            new InetSocketAddress(config.streaming().address(), config.streaming().port()));
    parts.push("close streaming server", streaming::close);
    var apparmor = new AppArmor(Path.of("/sys"));
    DefaultProfile.load(apparmor);
    return new Daemon.Parts(
        config,
        layout,
        new SandboxTable(below.database()),
        new ContainerTable(below.database()),
        shim,
        new PodKernel.Linux(),
        new CniNetworks(networks),
        below.images(),
        below.snapshotter(),
        new MountedImageUsers(),
        new VolumeMounter.Linux(),
        HostFacts.read(Path.of("/proc"), config.cgroup().root()),
        apparmor,
        new CgroupReader(CgroupLayout.detect()),
        streaming,
        new HostMounts(),
        Path.of("/etc"),
        Clock.systemUTC());
  }

  private static List<Migration> migrations() {
    var all = new ArrayList<Migration>();
    all.addAll(SqliteSnapshotStore.MIGRATIONS);
    all.addAll(LocalImages.MIGRATIONS);
    all.addAll(SandboxTable.MIGRATIONS);
    all.addAll(ContainerTable.MIGRATIONS);
    return all;
  }

  /** Says that clients may come. */
  void ready() throws IOException {
    log.atInfo()
        .addKeyValue("socket", config.address())
        .addKeyValue("version", BuildVersion.current())
        .log("ready");
    new ServiceNotify(Optional.ofNullable(System.getenv("NOTIFY_SOCKET"))).send("READY=1");
  }

  void awaitEnd() throws InterruptedException {
    server.awaitEnd();
  }

  void stopServing() throws IOException {
    server.close();
  }

  @Override
  public void close() throws UndoException {
    parts.close();
  }
}
