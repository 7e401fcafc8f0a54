package org.jcontainerd.jctl;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.api.cri.v1.ImageServiceGrpc;
import org.jcontainerd.api.cri.v1.RuntimeServiceGrpc;

/** A connection to a CRI socket. Thread-safe. */
final class CriConnection implements AutoCloseable {
  private static final int MOST_MESSAGE_BYTES = 16 << 20; // what kubelet accepts

  private final EventLoopGroup loops;
  private final ManagedChannel channel;

  CriConnection(Path socket) {
    loops =
        new MultiThreadIoEventLoopGroup(
            1, Thread.ofPlatform().name("cri").daemon().factory(), NioIoHandler.newFactory());
    channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .eventLoopGroup(loops)
            .usePlaintext()
            .overrideAuthority("localhost")
            .maxInboundMessageSize(MOST_MESSAGE_BYTES)
            .build();
  }

  RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime() {
    return RuntimeServiceGrpc.newBlockingStub(channel);
  }

  ImageServiceGrpc.ImageServiceBlockingStub images() {
    return ImageServiceGrpc.newBlockingStub(channel);
  }

  ImageServiceGrpc.ImageServiceFutureStub imagesAsync() {
    return ImageServiceGrpc.newFutureStub(channel);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
