package org.jcontainerd.daemon.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import org.junit.jupiter.api.Test;

class SpdySessionTest {

  /** netty writes no header block for a reply without headers, and Go's client then sees none. */
  @Test
  void reply_toAStream_hasAHeader() {
    var channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    channel.pipeline().addLast(SpdySession.server(channel.pipeline().firstContext()));
    var open = new DefaultSpdySynStreamFrame(1, 0, (byte) 0);
    open.headers().set("streamtype", "stdout");

    boolean _ = channel.writeInbound(open);

    SpdySynReplyFrame reply = channel.readOutbound();
    assertEquals(1, reply.streamId());
    assertEquals("stdout", reply.headers().getAsString("streamtype"));
    boolean _ = channel.finishAndReleaseAll();
  }
}
