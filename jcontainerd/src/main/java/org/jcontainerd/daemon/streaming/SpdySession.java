package org.jcontainerd.daemon.streaming;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One SPDY/3.1 connection after the HTTP upgrade, either side: opens and accepts streams, answers
 * pings, hands data to its {@link SpdyStream}. Frames are handled on the connection's event loop;
 * the other methods block and belong on virtual threads.
 *
 * @see <a href="https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/">SPDY/3.1</a>
 */
final class SpdySession extends ChannelInboundHandlerAdapter {
  static final ChannelFutureListener CLOSE_ON_FAILURE = ChannelFutureListener.CLOSE_ON_FAILURE;
  private static final int MOST_WAITING_BYTES = 1 << 20;

  private final int firstId;
  private final AtomicInteger nextId;
  private final Map<Integer, SpdyStream> streams = new ConcurrentHashMap<>();
  private final Map<Integer, CountDownLatch> unanswered = new ConcurrentHashMap<>();

  /** Empty once the connection is gone. */
  private final BlockingQueue<Optional<SpdyStream>> accepted = new LinkedBlockingQueue<>();

  private final CountDownLatch gone = new CountDownLatch(1);
  private final AtomicInteger waitingBytes = new AtomicInteger();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition writable = lock.newCondition();
  private volatile ChannelHandlerContext context;

  private SpdySession(int firstId, ChannelHandlerContext unset) {
    this.firstId = firstId;
    this.nextId = new AtomicInteger(firstId);
    this.context = unset;
  }

  /** A session whose streams the peer opens; {@code context} is where it will be added. */
  static SpdySession server(ChannelHandlerContext context) {
    return new SpdySession(2, context);
  }

  /** A session that opens streams with odd numbers; {@code context} is where it will be added. */
  static SpdySession client(ChannelHandlerContext context) {
    return new SpdySession(1, context);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    switch (frame) {
      case SpdySynStreamFrame open -> accept(ctx, open);
      case SpdySynReplyFrame reply -> answered(reply.streamId());
      case SpdyDataFrame data -> {
        SpdyStream stream = streams.get(data.streamId());
        if (stream == null) {
          data.release();
        } else {
          stream.offer(data.content(), data.isLast());
        }
      }
      case SpdyRstStreamFrame reset -> {
        SpdyStream stream = streams.remove(reset.streamId());
        if (stream != null) {
          giveUp(stream);
        }
        answered(reset.streamId());
      }
      case SpdyPingFrame ping -> {
        if (ping.id() % 2 != firstId % 2) { // theirs, not the answer to one of ours
          ctx.writeAndFlush(new DefaultSpdyPingFrame(ping.id())).addListener(CLOSE_ON_FAILURE);
        }
      }
      default -> ReferenceCountUtil.release(frame); // settings, window updates, go-away: no duty
    }
  }

  private void accept(ChannelHandlerContext ctx, SpdySynStreamFrame open) {
    var stream = new SpdyStream(this, ctx.channel(), open.streamId(), open.headers());
    streams.put(open.streamId(), stream);
    var reply = new DefaultSpdySynReplyFrame(open.streamId());
    // Where there is no header netty leaves the header block out, count and all; the spdystream of
    // kubectl and crictl cannot decompress nothing, and never sees the reply.
    reply.headers().set("streamtype", stream.header("streamtype"));
    ctx.writeAndFlush(reply).addListener(CLOSE_ON_FAILURE);
    if (open.isLast()) {
      stream.offer(ctx.alloc().buffer(0), true);
    }
    accepted.add(Optional.of(stream));
  }

  private void answered(int id) {
    CountDownLatch waiting = unanswered.remove(id);
    if (waiting != null) {
      waiting.countDown();
    }
  }

  /**
   * The next stream that the peer opens.
   *
   * @throws IOException if none came within {@code patience} or the connection is gone
   */
  SpdyStream accept(Duration patience) throws IOException {
    try {
      Optional<SpdyStream> next = accepted.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (next == null) {
        throw new IOException("spdy session: no stream within " + patience.toSeconds() + " s");
      }
      if (next.isEmpty()) {
        accepted.add(next); // for the next one who asks
        throw new ClosedChannelException();
      }
      return next.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("spdy session: waiting for a stream");
    }
  }

  /** Opens a stream and waits for the peer's answer. */
  SpdyStream open(Map<String, String> headers) throws IOException {
    int id = nextId.getAndAdd(2);
    var frame = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
    headers.forEach((name, value) -> frame.headers().set(name, value));
    var stream = new SpdyStream(this, context.channel(), id, frame.headers());
    var answer = new CountDownLatch(1);
    streams.put(id, stream);
    unanswered.put(id, answer);
    context.writeAndFlush(frame).addListener(CLOSE_ON_FAILURE);
    try {
      if (!answer.await(30, TimeUnit.SECONDS) || !stream.isOpen()) {
        throw new IOException("spdy stream " + id + " " + headers + ": not accepted by the peer");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("spdy stream " + id + ": waiting for the peer");
    }
    return stream;
  }

  /** Forgets a stream that is done in both directions. */
  void release(SpdyStream stream) {
    streams.remove(stream.id());
    stream.abort();
    stream.discard();
  }

  /** Counts input that waits for its reader; too much of it stops reading from the connection. */
  void waiting(int bytes) {
    int now = waitingBytes.addAndGet(bytes);
    var config = context.channel().config();
    if (context.channel().isActive() && config.isAutoRead() != now <= MOST_WAITING_BYTES) {
      context
          .executor()
          .execute(() -> config.setAutoRead(waitingBytes.get() <= MOST_WAITING_BYTES));
    }
  }

  /** Blocks while the connection's send buffer is full. */
  void awaitWritable() throws IOException {
    lock.lock();
    try {
      while (!context.channel().isWritable() && context.channel().isActive()) {
        writable.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("spdy session: write interrupted");
    } finally {
      lock.unlock();
    }
  }

  /** Blocks until the peer has closed the connection, at most {@code patience}. */
  void awaitPeerClose(Duration patience) throws InterruptedException {
    gone.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs {@code action} when the connection is gone, at once if it is already. */
  void whenGone(Runnable action) {
    context.channel().closeFuture().addListener(_ -> Thread.startVirtualThread(action));
  }

  /** Announces the end and closes after what was written is out. */
  void close() {
    if (!context.channel().isActive()) {
      return;
    }
    context.writeAndFlush(new DefaultSpdyGoAwayFrame(0)).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    wakeWriters();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    gone.countDown();
    accepted.add(Optional.empty());
    streams.values().forEach(this::giveUp);
    streams.clear();
    unanswered.values().forEach(CountDownLatch::countDown);
    wakeWriters();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var _ = ctx.close(); // the peer broke the connection or the protocol; channelInactive tells
    // everybody
  }

  /** containerd resets and closes right after the last output: a client reads on to its end. */
  private void giveUp(SpdyStream stream) {
    if (firstId % 2 == 1) {
      stream.lost();
    } else {
      stream.abort();
    }
  }

  private void wakeWriters() {
    lock.lock();
    try {
      writable.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
