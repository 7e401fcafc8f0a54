package org.jcontainerd.jshim.stdio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.jcontainerd.jshim.log.LogBuffers;
import org.jcontainerd.linux.Fd;

/** Output that is read into the loop's buffer and given to a receiver, unlogged. */
final class CopyTarget implements OutputTarget {
  private final Receiver receiver;
  private final LogBuffers buffers;

  CopyTarget(Receiver receiver, LogBuffers buffers) {
    this.receiver = receiver;
    this.buffers = buffers;
  }

  /** Takes bytes on the loop; must not keep the buffer. */
  sealed interface Receiver permits Attached, Exclusive, Captured {
    void take(ByteBuffer bytes) throws IOException;

    void end() throws IOException;
  }

  /** Whoever is attached; without clients the bytes are dropped. */
  record Attached(AttachHub hub) implements Receiver {
    @Override
    public void take(ByteBuffer bytes) throws IOException {
      hub.send(bytes);
    }

    @Override
    public void end() {
      hub.end();
    }
  }

  /**
   * One reader that gets everything: when it is slow the process waits, when it is gone the bytes
   * are dropped.
   */
  record Exclusive(Outlet outlet) implements Receiver {
    @Override
    public void take(ByteBuffer bytes) throws IOException {
      outlet.offer(bytes);
    }

    @Override
    public void end() {
      outlet.finish();
    }
  }

  /** Kept in memory for an answer. */
  record Captured(Capture capture) implements Receiver {
    @Override
    public void take(ByteBuffer bytes) {
      capture.take(bytes);
    }

    @Override
    public void end() {}
  }

  @Override
  public OptionalLong pull(Fd source) throws IOException {
    var buffer = buffers.raw().limit(LogBuffers.TURN_BYTES);
    int count = source.read(buffer);
    if (count <= 0) {
      return count < 0 ? OptionalLong.of(0) : OptionalLong.empty();
    }
    receiver.take(buffer.flip());
    return OptionalLong.of(count);
  }

  @Override
  public boolean isFull() {
    return receiver instanceof Exclusive(Outlet outlet) && outlet.pendingBytes() > 0;
  }

  @Override
  public void onRoom(Runnable action) {
    if (receiver instanceof Exclusive(Outlet outlet)) {
      outlet.onDrained(action);
      outlet.onClosed(action);
    }
  }

  @Override
  public void end() throws IOException {
    receiver.end();
  }
}
