package org.jcontainerd.daemon;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jcontainerd.api.cri.v1.ImageServiceGrpc;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.ImageStatusRequest;
import org.jcontainerd.api.cri.v1.ListContainerStatsRequest;
import org.jcontainerd.api.cri.v1.ListContainersRequest;
import org.jcontainerd.api.cri.v1.ListImagesRequest;
import org.jcontainerd.api.cri.v1.ListPodSandboxRequest;
import org.jcontainerd.api.cri.v1.NamespaceMode;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.api.cri.v1.PodSandboxStatusRequest;
import org.jcontainerd.api.cri.v1.RemovePodSandboxRequest;
import org.jcontainerd.api.cri.v1.RunPodSandboxRequest;
import org.jcontainerd.api.cri.v1.RuntimeServiceGrpc;
import org.jcontainerd.api.cri.v1.StatusRequest;
import org.jcontainerd.api.cri.v1.StopPodSandboxRequest;
import org.jcontainerd.api.cri.v1.VersionRequest;
import org.jcontainerd.daemon.config.Config;
import org.jcontainerd.daemon.config.ConfigReader;
import org.jcontainerd.daemon.config.Overrides;

/**
 * The run that the build makes the daemon's AOT cache from: a daemon in a directory of its own, the
 * calls that kubelet makes all day, and the life of one pod on the host's network where the machine
 * lets us run one. A class that was not loaded here is loaded from its jar later, which only costs
 * time.
 */
public final class Training {
  /** A call that is given up goes on; trainings run beside each other, on any machine. */
  private static final long PATIENCE_SECONDS = 300;

  private Training() {}

  public static void main(String[] args) throws Exception {
    System.setProperty("org.slf4j.simpleLogger.log.io.netty", "error");
    Path directory = Files.createTempDirectory("jcontainerd-training");
    Config config = config(directory);
    int code = 0;
    try (var _ = Wiring.start(config)) {
      talk(config.address());
    } catch (Exception e) {
      // the build goes on: without this cache the daemon starts slower, and that is all
      System.err.println("training: not through: " + e);
      code = Files.exists(config.address()) ? 0 : 1;
    } finally {
      endShims(config.state().resolve("s"));
      removeCgroups(config);
      removeTree(directory);
    }
    System.exit(code);
  }

  private static Config config(Path directory) throws Exception {
    Path file = directory.resolve("config.toml");
    var _ =
        Files.writeString(
            file,
            """
            [cgroup]
            parent = "/%1$s"
            [cni]
            conf_dir = "%2$s/net.d"
            cache_dir = "%2$s/cni"
            """
                .formatted(directory.getFileName(), directory));
    var home = Path.of(System.getProperty("jcontainerd.home", ""));
    return new ConfigReader(home)
        .load(
            new Overrides(
                Optional.of(file),
                Optional.of(directory.resolve("root")),
                Optional.of(directory.resolve("state")),
                Optional.of(directory.resolve("cri.sock")),
                Optional.empty()));
  }

  private static void talk(Path socket) {
    var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .eventLoopGroup(loops)
            .usePlaintext()
            .overrideAuthority("localhost")
            .build();
    try {
      var runtime =
          RuntimeServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
      look(runtime, ImageServiceGrpc.newBlockingStub(channel));
      pod(runtime);
    } finally {
      var _ = channel.shutdownNow();
      var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private static void look(
      RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime,
      ImageServiceGrpc.ImageServiceBlockingStub images) {
    var _ = runtime.version(VersionRequest.getDefaultInstance());
    var _ = runtime.status(StatusRequest.newBuilder().setVerbose(true).build());
    var _ = runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
    var _ = runtime.listContainers(ListContainersRequest.getDefaultInstance());
    var _ = runtime.listContainerStats(ListContainerStatsRequest.getDefaultInstance());
    var _ = images.listImages(ListImagesRequest.getDefaultInstance());
    var image = ImageSpec.newBuilder().setImage("example.org/training:latest");
    var _ = images.imageStatus(ImageStatusRequest.newBuilder().setImage(image).build());
  }

  private static void pod(RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime) {
    var config = PodSandboxConfig.newBuilder();
    config.getMetadataBuilder().setName("training").setNamespace("training").setUid("training");
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setNetwork(NamespaceMode.NODE);
    try {
      String id =
          runtime
              .runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build())
              .getPodSandboxId();
      var _ =
          runtime.podSandboxStatus(
              PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).setVerbose(true).build());
      var _ =
          runtime.stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build());
      var _ =
          runtime.removePodSandbox(
              RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build());
    } catch (StatusRuntimeException e) {
      System.err.println("training: no pod here, so a smaller cache: " + e.getStatus());
    }
  }

  /** The shim outlives its daemon; this one has nothing to live for. */
  private static void endShims(Path sockets) throws IOException {
    if (!Files.isDirectory(sockets)) {
      return;
    }
    try (Stream<Path> files = Files.list(sockets)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".pid")).toList()) {
        long pid = Long.parseLong(Files.readString(file).strip().split("\\s")[0]);
        ProcessHandle.of(pid)
            .ifPresent(shim -> {
              if (shim.destroyForcibly()) {
                var _ = shim.onExit().join();
              }
            });
      }
    }
  }

  private static void removeCgroups(Config config) throws IOException {
    try (Stream<Path> controllers = Files.list(config.cgroup().root())) {
      for (Path controller : controllers.toList()) {
        Files.deleteIfExists(controller.resolve(config.cgroup().parent().substring(1)));
      }
    }
    Files.deleteIfExists(config.cgroup().root().resolve(config.cgroup().parent().substring(1)));
  }

  private static void removeTree(Path directory) throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
