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
  private final ArrayDeque<Entry> queue = new ArrayDeque<>();
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

  /** A frame, and who wants to know when it is out. */
  private record Entry(ByteBuffer frame, Runnable onWritten) {}

  /** As {@link #send(ByteBuffer, Runnable)}, for who does not want to know. */
  void send(ByteBuffer frame) throws IOException {
    send(frame, () -> {});
  }

  /**
   * Appends a frame; returns before it is written.
   *
   * @param onWritten called after the frame was given to the kernel; short
   * @throws IOException if an earlier frame could not be written
   */
  void send(ByteBuffer frame, Runnable onWritten) throws IOException {
    lock.lock();
    try {
      if (failure != null) {
        throw new IOException("connection is broken", failure);
      }
      queue.add(new Entry(frame, onWritten));
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
    for (var entry = head(); entry != null; entry = next(entry.frame())) {
      try {
        while (entry.frame().hasRemaining()) {
          int _ = channel.write(entry.frame());
        }
        entry.onWritten().run();
      } catch (IOException e) {
        fail(e);
        return;
      }
    }
  }

  private @Nullable Entry head() {
    lock.lock();
    try {
      return queue.peek();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Entry next(ByteBuffer written) {
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
