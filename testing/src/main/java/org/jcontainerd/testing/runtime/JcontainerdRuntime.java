package org.jcontainerd.testing.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jcontainerd.testing.Patience;

/** Our daemon as {@code bin/build} left it, with everything under one directory. */
public final class JcontainerdRuntime implements RunningRuntime {
  private final Path directory;
  private final TestNetwork network;
  private DaemonProcess daemon;

  private JcontainerdRuntime(Path directory, TestNetwork network, DaemonProcess daemon) {
    this.directory = directory;
    this.network = network;
    this.daemon = daemon;
  }

  /**
   * Writes a configuration below {@code directory} and starts the daemon.
   *
   * @param cniBin directories of the network plugins, best first
   */
  public static JcontainerdRuntime start(Path directory, TestNetwork network, List<Path> cniBin)
      throws IOException, InterruptedException {
    var _ = Locations.program("bin/jcontainerd"); // before anything is written
    Files.createDirectories(temporary(directory));
    network.write(directory.resolve("net.d"), directory.resolve("ipam"));
    Files.writeString(directory.resolve("config.toml"), config(directory, cniBin));
    var runtime = new JcontainerdRuntime(directory, network, launch(directory));
    runtime.awaitReady();
    return runtime;
  }

  /** As {@link #start(Path, TestNetwork, List)} with our own plugins. */
  public static JcontainerdRuntime start(Path directory) throws IOException, InterruptedException {
    return start(directory, TestNetwork.OURS, List.of(Locations.home().resolve("cni")));
  }

  private static String config(Path directory, List<Path> cniBin) {
    return """
    root = "%1$s/root"
    state = "%1$s/state"
    address = "%1$s/jcontainerd.sock"
    log_level = "debug"

    [cgroup]
    parent = "/%2$s"

    [runtime]
    shim = "%3$s/bin/containerd-shim-jrunc-v1"
    helper = "%3$s/lib/jrunc-init"
    start_timeout_millis = %5$d

    [cni]
    conf_dir = "%1$s/net.d"
    bin_dirs = [%4$s]
    cache_dir = "%1$s/cni-cache"

    [images]
    registry_config = "%1$s/certs.d"
    """
        .formatted(
            directory,
            cgroup(directory),
            Locations.home(),
            String.join(", ", cniBin.stream().map(dir -> '"' + dir.toString() + '"').toList()),
            Patience.of(Duration.ofSeconds(20)).toMillis());
  }

  /** The name of the cgroup that the daemon keeps its pods below, of this directory alone. */
  private static String cgroup(Path directory) {
    return directory.toAbsolutePath().toString().substring(1).replace('/', '-');
  }

  private static DaemonProcess launch(Path directory) throws IOException {
    return DaemonProcess.start(
        "jcontainerd",
        directory.resolve("jcontainerd.log"),
        List.of(
            Locations.program("bin/jcontainerd").toString(),
            "-c",
            directory.resolve("config.toml").toString()),
        // what plugins that are not ours start: iptables
        Map.of(
            "PATH",
            System.getenv("PATH") + ":" + Locations.peers().resolve("bin"),
            "JCONTAINERD_JAVA_OPTIONS",
            "-Djava.io.tmpdir=" + temporary(directory)));
  }

  private static Path temporary(Path directory) {
    return directory.resolve("tmp");
  }

  /** What the daemon and its shims have put where temporary files go, and not removed. */
  public List<Path> temporaryFiles() throws IOException {
    try (var files = Files.list(temporary(directory))) {
      return files.toList();
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    try {
      daemon.awaitSocket(socket());
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  @Override
  public String name() {
    return "jcontainerd";
  }

  @Override
  public Path socket() {
    return directory.resolve("jcontainerd.sock");
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public long pid() {
    return daemon.pid();
  }

  @Override
  public void kill() {
    daemon.kill();
  }

  @Override
  public void start() throws IOException, InterruptedException {
    daemon = launch(directory);
    awaitReady();
  }

  /** The pids of the shims of this daemon. */
  public List<Long> shims() throws IOException {
    Path sockets = directory.resolve("state/s");
    if (!Files.isDirectory(sockets)) {
      return List.of();
    }
    try (var files = Files.list(sockets)) {
      List<Path> records = files.filter(each -> each.toString().endsWith(".pid")).toList();
      var pids = new java.util.ArrayList<Long>();
      for (Path file : records) {
        pids.add(Long.parseLong(Files.readString(file).strip().split("\\s")[0]));
      }
      return pids;
    }
  }

  @Override
  public String log() throws IOException {
    return daemon.tail();
  }

  @Override
  public void close() throws IOException {
    daemon.stop();
    for (long pid : shims()) {
      OtherProcess.kill(pid);
    }
    LeftBehind.release(directory);
    LeftBehind.removeCgroup(cgroup(directory));
    network.delete();
  }
}
