package org.jcontainerd.jshim.stdio;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.loop.Registration;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of a descriptor that may be slow: a client's connection, a fifo, a process's
 * stdin. Writes what it takes at once and keeps the rest until there is room. It never waits and
 * sets no limit; whoever offers looks at {@link #pendingBytes} and stops, or gives up on the
 * reader. Confined to its loop; owns the descriptor.
 */
final class Outlet {
  private final IoLoop loop;
  private final Fd fd;
  private final ArrayDeque<ByteBuffer> pending = new ArrayDeque<>(0);
  private long pendingBytes;
  private boolean closing;
  private boolean closed;
  private Runnable onDrained = () -> {};
  private Runnable onClosed = () -> {};
  private @Nullable Registration writing;

  /** Takes over {@code fd} and makes it non-blocking. */
  static Outlet adopt(IoLoop loop, Fd fd) throws LinuxException {
    fd.setNonBlocking(true);
    return new Outlet(loop, fd);
  }

  private Outlet(IoLoop loop, Fd fd) {
    this.loop = loop;
    this.fd = fd;
  }

  /** Called whenever nothing is pending any more. */
  void onDrained(Runnable action) {
    onDrained = action;
  }

  /** Called once, when the descriptor is closed: by us, or because the reader has gone. */
  void onClosed(Runnable action) {
    onClosed = action;
  }

  long pendingBytes() {
    return pendingBytes;
  }

  boolean isClosed() {
    return closed;
  }

  Fd fd() {
    return fd;
  }

  /** Writes or keeps all of {@code bytes}; once closed, drops them. */
  void offer(ByteBuffer bytes) throws LinuxException {
    if (closed || closing) {
      return;
    }
    if (pending.isEmpty() && !write(bytes)) {
      return;
    }
    if (bytes.hasRemaining()) {
      pendingBytes += bytes.remaining();
      pending.add(ByteBuffer.allocate(bytes.remaining()).put(bytes).flip());
      if (writing == null) {
        writing = loop.waiter().onWritable(fd, _ -> drain());
      }
    }
  }

  /** Closes the descriptor when everything pending is written. */
  void finish() {
    closing = true;
    if (pending.isEmpty()) {
      close();
    }
  }

  /** Closes the descriptor now; what is pending is lost. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    pending.clear();
    pendingBytes = 0;
    stopWaiting(fd::close);
    onClosed.run();
  }

  private void drain() throws LinuxException {
    while (!pending.isEmpty()) {
      var head = pending.element();
      long before = head.remaining();
      if (!write(head)) {
        return;
      }
      pendingBytes -= before - head.remaining();
      if (head.hasRemaining()) {
        return;
      }
      pending.remove();
    }
    stopWaiting(() -> {});
    if (closing) {
      close();
    } else {
      onDrained.run();
    }
  }

  /** Writes what there is room for; false if the reader has gone, which closes this. */
  private boolean write(ByteBuffer bytes) throws LinuxException {
    try {
      while (bytes.hasRemaining() && fd.write(bytes) > 0) {
        // until full
      }
      return true;
    } catch (LinuxException e) {
      if (!Gone.is(e)) {
        close();
        throw e;
      }
      close();
      return false;
    }
  }

  private void stopWaiting(Runnable then) {
    var registration = writing;
    writing = null;
    if (registration == null) {
      then.run();
    } else {
      registration.closeThen(then);
    }
  }
}
