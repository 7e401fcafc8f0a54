package org.jcontainerd.daemon.cri;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.daemon.failure.DaemonFailure;

/**
 * The gRPC server on the daemon's unix socket: one virtual thread per call, messages up to 16 MiB
 * (what kubelet's client allows). Thread-safe.
 */
public final class CriServer implements AutoCloseable {
  private static final int LARGEST_MESSAGE = 16 << 20;
  private static final int IO_THREADS = 2;

  private final Path socket;
  private final Server server;
  private final MultiThreadIoEventLoopGroup loops;

  private CriServer(Path socket, Server server, MultiThreadIoEventLoopGroup loops) {
    this.socket = socket;
    this.server = server;
    this.loops = loops;
  }

  /**
   * Serves {@code services} on {@code socket}. The socket appears under its name, with mode 0660,
   * only when it can be connected; a stale one is replaced if nobody answers on it.
   *
   * @throws DaemonFailure.AlreadyExists if somebody answers there
   */
  public static CriServer start(Path socket, List<ServerServiceDefinition> services)
      throws IOException {
    refuseLiving(socket);
    Path fresh = socket.resolveSibling("." + socket.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    var loops =
        new MultiThreadIoEventLoopGroup(
            IO_THREADS, new DefaultThreadFactory("cri-socket", true), NioIoHandler.newFactory());
    try {
      Server server =
          NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(fresh))
              .channelType(NioServerDomainSocketChannel.class)
              .bossEventLoopGroup(loops)
              .workerEventLoopGroup(loops)
              .executor(
                  Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rpc").factory()))
              .maxInboundMessageSize(LARGEST_MESSAGE)
              .permitKeepAliveTime(1, TimeUnit.SECONDS)
              .permitKeepAliveWithoutCalls(true)
              .addServices(services)
              .build()
              .start();
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-rw----"));
      Files.move(
          fresh, socket, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return new CriServer(socket, server, loops);
    } catch (IOException | RuntimeException e) {
      var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

  /** Waits until the server is closed. */
  public void awaitEnd() throws InterruptedException {
    server.awaitTermination();
  }

  /** Stops serving at once and removes the socket; calls under way are cut. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(socket);
    var _ = server.shutdownNow();
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static void refuseLiving(Path socket) throws IOException {
    if (!Files.exists(socket)) {
      return;
    }
    try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      var _ = probe.connect(UnixDomainSocketAddress.of(socket));
    } catch (ConnectException e) {
      return; // nobody listens: left behind by a daemon that was killed
    }
    throw new DaemonFailure.AlreadyExists(
        "listen on '" + socket + "': another process answers there. Stop it or choose --address");
  }
}
