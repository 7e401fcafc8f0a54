package org.jcontainerd.daemon.streaming;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The client side of a streaming URL, any runtime's: upgrades to SPDY/3.1 and opens streams. Its
 * channels block; use one thread per direction.
 */
public final class StreamingClient implements AutoCloseable {
  private final EventLoopGroup loops;
  private final SpdySession session;
  private final String protocol;

  private StreamingClient(EventLoopGroup loops, SpdySession session, String protocol) {
    this.loops = loops;
    this.session = session;
    this.protocol = protocol;
  }

  /** Connects to a URL that Exec or Attach answered. */
  public static StreamingClient remoteCommand(URI url) throws IOException {
    return connect(url, RemoteCommand.PROTOCOLS);
  }

  /** Connects to a URL that PortForward answered. */
  public static StreamingClient portForward(URI url) throws IOException {
    return connect(url, PortForward.PROTOCOLS);
  }

  private static StreamingClient connect(URI url, List<String> protocols) throws IOException {
    var loops =
        new MultiThreadIoEventLoopGroup(
            1,
            Thread.ofPlatform().name("streaming-client").daemon().factory(),
            NioIoHandler.newFactory());
    var upgrade = new Upgrade(url, protocols);
    var connected =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .handler(upgrade)
            .connect(new InetSocketAddress(url.getHost(), url.getPort()))
            .awaitUninterruptibly();
    try {
      if (!connected.isSuccess()) {
        throw new IOException("streaming client: connect to '" + url + "'", connected.cause());
      }
      Upgraded upgraded = upgrade.result.get(30, TimeUnit.SECONDS);
      return new StreamingClient(loops, upgraded.session(), upgraded.protocol());
    } catch (ExecutionException e) {
      var _ = loops.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
      throw new IOException(e.getCause() == null ? e.toString() : e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      var _ = loops.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
      throw new IOException("streaming client: no answer from '" + url + "' within 30 s", e);
    } catch (InterruptedException e) {
      var _ = loops.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
      Thread.currentThread().interrupt();
      throw new IOException("streaming client: interrupted connecting to '" + url + "'", e);
    } catch (IOException e) {
      var _ = loops.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
      throw e;
    }
  }

  /** The subprotocol that the server chose. */
  public String protocol() {
    return protocol;
  }

  /**
   * Opens a stream; {@code headers} name its type ({@code streamtype}) and whatever goes with it.
   */
  public ByteChannel open(Map<String, String> headers) throws IOException {
    return session.open(headers);
  }

  @Override
  public void close() {
    session.close();
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private record Upgraded(SpdySession session, String protocol) {}

  /** Sends the upgrade request and turns the connection into a session when it is granted. */
  private static final class Upgrade extends ChannelInitializer<SocketChannel> {
    private static final int MOST_REFUSAL_BYTES = 64 * 1024;
    private final URI url;
    private final List<String> protocols;
    private final CompletableFuture<Upgraded> result = new CompletableFuture<>();

    Upgrade(URI url, List<String> protocols) {
      this.url = url;
      this.protocols = protocols;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      channel
          .pipeline()
          .addLast(
              new HttpClientCodec(),
              new HttpObjectAggregator(MOST_REFUSAL_BYTES),
              new Answer(this));
    }

    void send(Channel channel) {
      var request =
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, url.getRawPath());
      request.headers().set(HttpHeaderNames.HOST, url.getAuthority());
      request.headers().set(HttpHeaderNames.CONNECTION, "Upgrade");
      request.headers().set(HttpHeaderNames.UPGRADE, UpgradeHandler.SPDY);
      request.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
      request.headers().set(UpgradeHandler.PROTOCOL_HEADER, protocols);
      channel.writeAndFlush(request).addListener(SpdySession.CLOSE_ON_FAILURE);
    }
  }

  private static final class Answer extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final Upgrade upgrade;

    Answer(Upgrade upgrade) {
      this.upgrade = upgrade;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      upgrade.send(ctx.channel());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
      if (!response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
        String text = response.content().toString(StandardCharsets.UTF_8).strip();
        fail(ctx, new IOException("'" + upgrade.url + "': " + response.status() + ": " + text));
        return;
      }
      String protocol =
          response.headers().get(UpgradeHandler.PROTOCOL_HEADER, upgrade.protocols.getLast());
      SpdySession session = SpdySession.client(ctx);
      ctx.pipeline().addLast(new SpdyFrameCodec(SpdyVersion.SPDY_3_1), session);
      ctx.pipeline().remove(HttpObjectAggregator.class);
      ctx.pipeline().remove(HttpClientCodec.class);
      ctx.pipeline().remove(this);
      upgrade.result.complete(new Upgraded(session, protocol));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      fail(ctx, new IOException("streaming client: '" + upgrade.url + "': " + cause, cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      fail(ctx, new IOException("'" + upgrade.url + "': connection closed before an answer"));
    }

    private void fail(ChannelHandlerContext ctx, IOException failure) {
      upgrade.result.completeExceptionally(failure);
      var _ = ctx.close();
    }
  }
}
