package org.jcontainerd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceNotifyTest {
  @TempDir Path directory;

  @Test
  void send_reachesTheManager() throws Exception {
    Path socket = directory.resolve("notify");
    var received = new CompletableFuture<String>();
    var loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    var manager =
        new Bootstrap()
            .group(loops)
            .channel(EpollDomainDatagramChannel.class)
            .handler(
                new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                  @Override
                  protected void channelRead0(
                      ChannelHandlerContext context, DomainDatagramPacket packet) {
                    received.complete(packet.content().toString(StandardCharsets.UTF_8));
                  }
                })
            .bind(new DomainSocketAddress(socket.toString()))
            .sync()
            .channel();
    try {
      new ServiceNotify(Optional.of(socket.toString())).send("READY=1");
      assertEquals("READY=1", received.get(10, TimeUnit.SECONDS));
    } finally {
      manager.close().sync();
      var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void send_noManager_doesNothing() throws Exception {
    new ServiceNotify(Optional.empty()).send("READY=1");
  }

  @Test
  void send_managerGone_namesTheSocket() {
    Path socket = directory.resolve("none");
    var e =
        assertThrows(
            IOException.class,
            () -> new ServiceNotify(Optional.of(socket.toString())).send("READY=1"));
    assertEquals("notify the service manager at '" + socket + "'", e.getMessage());
  }
}
