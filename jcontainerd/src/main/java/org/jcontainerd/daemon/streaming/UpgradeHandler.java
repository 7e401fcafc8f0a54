package org.jcontainerd.daemon.streaming;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.CharsetUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Takes the one HTTP request of a connection, finds what its token stands for, and turns the
 * connection into a SPDY session.
 */
final class UpgradeHandler extends SimpleChannelInboundHandler<HttpObject> {
  static final String PROTOCOL_HEADER = "X-Stream-Protocol-Version";
  static final String SPDY = "SPDY/3.1";

  private final TokenStore tokens;
  private Optional<HttpRequest> request = Optional.empty();

  UpgradeHandler(TokenStore tokens) {
    this.tokens = tokens;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (message instanceof HttpRequest head) {
      request = Optional.of(head);
    }
    if (message instanceof LastHttpContent) {
      request.ifPresent(head -> answer(ctx, head));
    }
  }

  private void answer(ChannelHandlerContext ctx, HttpRequest head) {
    HttpHeaders headers = head.headers();
    if (!headers.containsValue(HttpHeaderNames.UPGRADE, SPDY, true)) {
      refuse(
          ctx,
          HttpResponseStatus.BAD_REQUEST,
          "streaming: upgrade to "
              + SPDY
              + " expected, got '"
              + headers.get(HttpHeaderNames.UPGRADE, "none")
              + "'");
      return;
    }
    List<String> path = Arrays.asList(new QueryStringDecoder(head.uri()).path().split("/"));
    Optional<StreamRequest> found =
        path.size() == 3 ? tokens.take(path.get(2)).filter(ofVerb(path.get(1))) : Optional.empty();
    if (found.isEmpty()) {
      refuse(ctx, HttpResponseStatus.NOT_FOUND, "streaming: the URL is unknown, used or too old");
      return;
    }
    List<String> known =
        found.get() instanceof StreamRequest.Ports
            ? PortForward.PROTOCOLS
            : RemoteCommand.PROTOCOLS;
    Optional<String> protocol = negotiate(known, headers.getAll(PROTOCOL_HEADER));
    if (protocol.isEmpty()) {
      refuse(
          ctx,
          HttpResponseStatus.FORBIDDEN,
          "streaming: none of the protocols "
              + headers.getAll(PROTOCOL_HEADER)
              + " is known; known are "
              + known);
      return;
    }
    upgrade(ctx, found.get(), protocol.get());
  }

  private static Predicate<StreamRequest> ofVerb(String verb) {
    return candidate -> candidate.verb().equals(verb);
  }

  /**
   * The first of ours that the client offers; a client that offers none speaks the first version.
   */
  private static Optional<String> negotiate(List<String> known, List<String> offers) {
    List<String> offered = new ArrayList<>();
    offers.forEach(line -> Arrays.stream(line.split(",")).map(String::strip).forEach(offered::add));
    if (offered.isEmpty()) {
      return Optional.of(known.getLast());
    }
    return known.stream().filter(offered::contains).findFirst();
  }

  private void upgrade(ChannelHandlerContext ctx, StreamRequest accepted, String protocol) {
    var response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    response.headers().set(HttpHeaderNames.CONNECTION, "Upgrade");
    response.headers().set(HttpHeaderNames.UPGRADE, SPDY);
    response.headers().set(PROTOCOL_HEADER, protocol);
    ctx.writeAndFlush(response)
        .addListener(written -> {
          if (!written.isSuccess()) {
            var _ = ctx.close();
            return;
          }
          SpdySession session = SpdySession.server(ctx);
          ctx.pipeline().addLast(new SpdyFrameCodec(SpdyVersion.SPDY_3_1), session);
          ctx.pipeline().remove(HttpServerCodec.class);
          ctx.pipeline().remove(this);
          Thread.ofVirtual()
              .name("streaming-" + accepted.verb())
              .start(serve(session, accepted, protocol));
        });
  }

  private static Runnable serve(SpdySession session, StreamRequest accepted, String protocol) {
    return switch (accepted) {
      case StreamRequest.Command command -> new RemoteCommand(session, protocol, command)::run;
      case StreamRequest.Ports ports -> new PortForward(session, ports.dialer())::run;
    };
  }

  private static void refuse(ChannelHandlerContext ctx, HttpResponseStatus status, String why) {
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(why + "\n", CharsetUtil.UTF_8));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    response.headers().set(HttpHeaderNames.CONNECTION, "close");
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var _ = ctx.close(); // not HTTP, or the peer is gone: nobody is left to tell
  }
}
