package org.jcontainerd.daemon.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyHeaders;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One stream of a SPDY session as a blocking channel: {@link #read} gives what the peer sent,
 * {@link #write} sends, {@link #close} ends our direction. Reading and writing may be done by two
 * different threads, which should be virtual ones.
 *
 * <p>The peers (kubectl, crictl) do not use SPDY's flow control, so back-pressure is the
 * connection's: a writer waits while the socket's buffer is full, and {@link SpdySession} stops
 * reading while too much input is waiting here.
 */
final class SpdyStream implements ByteChannel {
  private static final int LARGEST_FRAME = 32 * 1024;

  private final SpdySession session;
  private final Channel channel;
  private final int id;
  private final SpdyHeaders headers;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<ByteBuf> input = new ArrayDeque<>();
  private boolean inputEnded;
  private boolean reset;
  private boolean outputEnded;

  SpdyStream(SpdySession session, Channel channel, int id, SpdyHeaders headers) {
    this.session = session;
    this.channel = channel;
    this.id = id;
    this.headers = headers;
  }

  int id() {
    return id;
  }

  /** The value of a header of the stream's opening frame, or an empty string. */
  String header(String name) {
    String value = headers.getAsString(name);
    return value == null ? "" : value;
  }

  /** Takes over {@code data}. Called on the event loop. */
  void offer(ByteBuf data, boolean last) {
    lock.lock();
    try {
      if (data.isReadable() && !reset) {
        session.waiting(data.readableBytes());
        input.add(data);
      } else {
        data.release();
      }
      inputEnded |= last;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The peer gave up the stream, or the connection is gone: nothing more comes or goes. What came
   * before can still be read, since a peer that is done closes the connection at once.
   */
  void abort() {
    lock.lock();
    try {
      reset = true;
      inputEnded = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Drops what was not read. */
  void discard() {
    lock.lock();
    try {
      for (ByteBuf waiting = input.poll(); waiting != null; waiting = input.poll()) {
        session.waiting(-waiting.readableBytes());
        waiting.release();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The stream is gone; what had arrived can still be read. */
  void lost() {
    lock.lock();
    try {
      reset = true;
      inputEnded = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    lock.lock();
    try {
      while (input.isEmpty()) {
        if (inputEnded) {
          return -1;
        }
        arrived.await();
      }
      ByteBuf first = input.getFirst();
      int count = Math.min(first.readableBytes(), target.remaining());
      target.limit(target.position() + count);
      first.readBytes(target);
      session.waiting(-count);
      if (!first.isReadable()) {
        input.removeFirst().release();
      }
      return count;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("spdy stream " + id + ": read interrupted");
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = source.remaining();
    while (source.hasRemaining()) {
      int size = Math.min(source.remaining(), LARGEST_FRAME);
      session.awaitWritable();
      if (!isOpen()) {
        throw new ClosedChannelException();
      }
      ByteBuf copy = Unpooled.copiedBuffer(source.slice(source.position(), size));
      source.position(source.position() + size);
      var written = channel.writeAndFlush(new DefaultSpdyDataFrame(id, copy));
      written.addListener(SpdySession.CLOSE_ON_FAILURE);
    }
    return count;
  }

  /** Sends {@code text} as UTF-8. */
  void send(String text) throws IOException {
    int _ = write(StandardCharsets.UTF_8.encode(text));
  }

  /** Ends our direction of the stream; the peer may still send. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (outputEnded || reset || !channel.isActive()) {
        return;
      }
      outputEnded = true;
    } finally {
      lock.unlock();
    }
    var end = new DefaultSpdyDataFrame(id, Unpooled.EMPTY_BUFFER);
    end.setLast(true);
    channel.writeAndFlush(end).addListener(SpdySession.CLOSE_ON_FAILURE);
  }

  @Override
  public boolean isOpen() {
    lock.lock();
    try {
      return !outputEnded && !reset && channel.isActive();
    } finally {
      lock.unlock();
    }
  }
}
