package org.jcontainerd.daemon.streaming;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * Serves the URLs of Exec, Attach and PortForward on a TCP address, normally a free port of
 * loopback. Thread-safe; the creator closes it.
 */
public final class StreamingServer implements StreamingEndpoints, AutoCloseable {
  private final EventLoopGroup loops;
  private final Channel listener;
  private final URI base;
  private final TokenStore tokens;

  private StreamingServer(EventLoopGroup loops, Channel listener, TokenStore tokens) {
    this.loops = loops;
    this.listener = listener;
    this.tokens = tokens;
    var bound = (InetSocketAddress) listener.localAddress();
    String host = bound.getAddress().getHostAddress();
    this.base =
        URI.create(
            "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort());
  }

  /**
   * Listens on {@code address}; port 0 takes a free one.
   *
   * @throws IOException if the address cannot be bound
   */
  public static StreamingServer listen(InetSocketAddress address) throws IOException {
    var tokens = new TokenStore(InstantSource.system());
    var loops =
        new MultiThreadIoEventLoopGroup(
            1, Thread.ofPlatform().name("streaming").daemon().factory(), NioIoHandler.newFactory());
    var bound =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Connection(tokens))
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      var _ = loops.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
      throw new IOException("streaming server: listen on '" + address + "'", bound.cause());
    }
    return new StreamingServer(loops, bound.channel(), tokens);
  }

  @Override
  public URI exec(StreamSet streams, ProcessStreams.Opener opener) {
    return register(new StreamRequest.Command("exec", streams, opener));
  }

  @Override
  public URI attach(StreamSet streams, ProcessStreams.Opener opener) {
    return register(new StreamRequest.Command("attach", streams, opener));
  }

  @Override
  public URI portForward(PortDialer dialer) {
    return register(new StreamRequest.Ports(dialer));
  }

  private URI register(StreamRequest request) {
    return base.resolve("/" + request.verb() + "/" + tokens.put(request));
  }

  /** Stops listening and drops the connections. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static final class Connection extends ChannelInitializer<SocketChannel> {
    private final TokenStore tokens;

    Connection(TokenStore tokens) {
      this.tokens = tokens;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      channel.pipeline().addLast(new HttpServerCodec(), new UpgradeHandler(tokens));
    }
  }
}
