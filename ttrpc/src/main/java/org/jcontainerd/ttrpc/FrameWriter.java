package org.jcontainerd.ttrpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The frames on their way out of one connection, in order. Thread-safe; no lock is held while the
 * peer is waited for: whoever finds the queue idle starts a virtual thread that writes until the
 * queue is empty again, everybody else only appends.
 */
final class FrameWriter {
  /**
   * From here on {@link #awaitRoom} waits: a peer that asks but never reads cannot fill the heap.
   */
  private static final long HIGH_WATER_BYTES = 8L << 20;

  private final WritableByteChannel channel;
  private final Runnable onFailure;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  // All below: guarded by lock.
  private final ArrayDeque<ByteBuffer> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean writing;
  private @Nullable IOException failure;

  /**
   * @param onFailure called once, without a lock, when the channel refuses a frame
   */
  FrameWriter(WritableByteChannel channel, Runnable onFailure) {
    this.channel = channel;
    this.onFailure = onFailure;
  }

  /**
   * Appends a frame; returns before it is written.
   *
   * @throws IOException if an earlier frame could not be written
   */
  void send(ByteBuffer frame) throws IOException {
    lock.lock();
    try {
      if (failure != null) {
        throw new IOException("connection is broken", failure);
      }
      queue.add(frame);
      queuedBytes += frame.remaining();
      if (writing) {
        return;
      }
      writing = true;
    } finally {
      lock.unlock();
    }
    var _ = Thread.ofVirtual().name("ttrpc-write").start(this::drain);
  }

  /** Waits until the queue is short, or the connection is broken. */
  void awaitRoom() throws InterruptedException {
    lock.lock();
    try {
      while (queuedBytes > HIGH_WATER_BYTES && failure == null) {
        room.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void drain() {
    for (var frame = head(); frame != null; frame = next(frame)) {
      try {
        while (frame.hasRemaining()) {
          int _ = channel.write(frame);
        }
      } catch (IOException e) {
        fail(e);
        return;
      }
    }
  }

  private @Nullable ByteBuffer head() {
    lock.lock();
    try {
      return queue.peek();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable ByteBuffer next(ByteBuffer written) {
    lock.lock();
    try {
      queue.remove();
      queuedBytes -= written.limit();
      room.signalAll();
      writing = !queue.isEmpty();
      return queue.peek();
    } finally {
      lock.unlock();
    }
  }

  private void fail(IOException e) {
    lock.lock();
    try {
      failure = e;
      queue.clear();
      queuedBytes = 0;
      room.signalAll();
    } finally {
      lock.unlock();
    }
    onFailure.run();
  }
}
