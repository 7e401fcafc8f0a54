package org.jcontainerd.testing.cri;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.api.cri.v1.ImageServiceGrpc;
import org.jcontainerd.api.cri.v1.RuntimeServiceGrpc;

/** One warm connection to a CRI socket. Thread-safe. */
public final class CriClient implements AutoCloseable {
  private static final int MOST_MESSAGE_BYTES = 16 << 20; // what kubelet accepts
  private static final long PATIENCE_SECONDS = 120; // kubelet's runtime-request-timeout

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1,
          Thread.ofPlatform().name("cri-client").daemon().factory(),
          EpollIoHandler.newFactory());
  private final ManagedChannel channel;

  public CriClient(Path socket) {
    channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
            .eventLoopGroup(loops)
            .usePlaintext()
            .overrideAuthority("localhost")
            .maxInboundMessageSize(MOST_MESSAGE_BYTES)
            .build();
  }

  /** Sandboxes and containers; each call has kubelet's default deadline. */
  public RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime() {
    return RuntimeServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Images; each call has kubelet's default deadline. */
  public ImageServiceGrpc.ImageServiceBlockingStub images() {
    return ImageServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
