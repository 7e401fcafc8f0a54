package org.jcontainerd.testing.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The distribution's containerd with runc and the reference network plugins, unpacked by setup. */
public final class ContainerdRuntime implements RunningRuntime {
  private final Path directory;
  private DaemonProcess daemon;

  private ContainerdRuntime(Path directory, DaemonProcess daemon) {
    this.directory = directory;
    this.daemon = daemon;
  }

  /**
   * Writes a configuration below {@code directory} and starts the daemon.
   *
   * @param pauseImage image whose process holds a pod's namespaces; must be pullable
   */
  public static ContainerdRuntime start(Path directory, String pauseImage)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    TestNetwork.PEER.write(directory.resolve("net.d"), directory.resolve("ipam"));
    Files.writeString(directory.resolve("config.toml"), config(directory, pauseImage));
    var runtime = new ContainerdRuntime(directory, launch(directory));
    runtime.awaitReady();
    return runtime;
  }

  // restrict_oom_score_adj: else every pod needs CAP_SYS_RESOURCE, which a test machine may lack
  private static String config(Path directory, String pauseImage) {
    return """
    version = 2
    root = "%1$s/root"
    state = "%1$s/state"
    disabled_plugins = [
      "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
      "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
      "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp"
    ]

    [grpc]
      address = "%1$s/containerd.sock"

    [ttrpc]
      address = "%1$s/containerd.sock.ttrpc"

    [plugins."io.containerd.grpc.v1.cri"]
      sandbox_image = "%2$s"
      restrict_oom_score_adj = true
      disable_apparmor = true
      stream_server_address = "127.0.0.1"
      stream_server_port = "0"

      [plugins."io.containerd.grpc.v1.cri".containerd]
        default_runtime_name = "runc"

        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
          runtime_type = "io.containerd.runc.v2"

          [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
            BinaryName = "%3$s"
            Root = "%1$s/runc"

      [plugins."io.containerd.grpc.v1.cri".cni]
        bin_dir = "%4$s"
        conf_dir = "%1$s/net.d"
    """
        .formatted(directory, pauseImage, Locations.peer("runc"), Locations.peers().resolve("cni"));
  }

  private static DaemonProcess launch(Path directory) throws IOException {
    String path = Locations.peers().resolve("bin") + ":" + System.getenv("PATH");
    return DaemonProcess.start(
        "containerd",
        directory.resolve("containerd.log"),
        List.of(
            Locations.peer("containerd").toString(),
            "--config",
            directory.resolve("config.toml").toString()),
        Map.of("PATH", path));
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
    return "containerd";
  }

  @Override
  public Path socket() {
    return directory.resolve("containerd.sock");
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

  @Override
  public String log() throws IOException {
    return daemon.tail();
  }

  @Override
  public void close() throws IOException {
    daemon.stop();
    LeftBehind.release(directory);
    TestNetwork.PEER.delete();
  }
}
