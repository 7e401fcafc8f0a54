package org.jcontainerd.linux;

import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jcontainerd.linux.sys.FileCalls;

/**
 * A file descriptor that this process owns. Always close-on-exec, closed exactly once.
 *
 * <p>Whoever holds an {@code Fd} in a field or a {@code try} owns it; a method that takes an {@code
 * Fd} borrows it unless its name says {@code adopt}. {@link #close} is idempotent and safe from any
 * thread, but a caller that closes while another thread is inside a call on the same descriptor has
 * a bug: the number may already be somebody else's. Readers that wait are ended by {@code shutdown}
 * or through {@link org.jcontainerd.linux.loop.KernelWaiter} first.
 *
 * <p>As a channel it follows NIO: {@link #read} answers -1 at the end and 0 when a non-blocking
 * descriptor has nothing yet. A blocking read or write holds its thread in the kernel: use a
 * platform thread.
 */
public final class Fd implements ByteChannel {
  private static final int CLOSED = -1;

  private final AtomicInteger number;
  private final String origin;

  private Fd(int number, String origin) {
    this.number = new AtomicInteger(number);
    this.origin = origin;
  }

  /**
   * Takes ownership of an open descriptor.
   *
   * @param origin what it is, for messages: a path, or words such as {@code "pidfd of 42"}
   */
  public static Fd adopt(int number, String origin) {
    if (number < 0) {
      throw new IllegalArgumentException("descriptor " + number + " (" + origin + ")");
    }
    return new Fd(number, origin);
  }

  /**
   * The number, valid until {@link #close}.
   *
   * @throws IllegalStateException if it is closed
   */
  public int number() {
    int n = number.get();
    if (n == CLOSED) {
      throw new IllegalStateException(this + ": used after close");
    }
    return n;
  }

  public String origin() {
    return origin;
  }

  @Override
  public boolean isOpen() {
    return number.get() != CLOSED;
  }

  /** {@code /proc/self/fd/N}: a path that leads to the open file itself, for calls without fd. */
  public Path path() {
    return Path.of("/proc/self/fd", Integer.toString(number()));
  }

  /** A second descriptor of the same open file, owned by the caller. */
  public Fd duplicate() throws LinuxException {
    return duplicate(0);
  }

  /** A second descriptor of the same open file with a number of at least {@code lowest}. */
  public Fd duplicate(int lowest) throws LinuxException {
    return new Fd(FileCalls.fcntl(number(), FileCalls.F_DUPFD_CLOEXEC, lowest), origin);
  }

  /** Gives up ownership: this object counts as closed and the caller closes the number. */
  public int release() {
    int n = number.getAndSet(CLOSED);
    if (n == CLOSED) {
      throw new IllegalStateException(this + ": released after close");
    }
    return n;
  }

  /** Sets or clears {@code O_NONBLOCK}, which belongs to the open file and all its duplicates. */
  public void setNonBlocking(boolean on) throws LinuxException {
    int flags = FileCalls.fcntl(number(), FileCalls.F_GETFL, 0);
    int wanted = on ? flags | FileCalls.O_NONBLOCK : flags & ~FileCalls.O_NONBLOCK;
    if (wanted != flags) {
      FileCalls.fcntl(number(), FileCalls.F_SETFL, wanted);
    }
  }

  /** Reads once; direct buffers are filled without a copy. -1 at the end, 0 if it would block. */
  @Override
  public int read(ByteBuffer into) throws LinuxException {
    if (!into.hasRemaining()) {
      return 0;
    }
    int n = Retry.onInterrupt(() -> FileCalls.read(number(), into));
    return n == 0 ? -1 : Math.max(n, 0);
  }

  /** Writes once; may write less than is there, and 0 if it would block. */
  @Override
  public int write(ByteBuffer from) throws LinuxException {
    return Math.max(Retry.onInterrupt(() -> FileCalls.write(number(), from)), 0);
  }

  /**
   * Writes all of {@code from}, on a blocking descriptor.
   *
   * @throws LinuxException EAGAIN if the descriptor is non-blocking and full
   */
  public void writeFully(ByteBuffer from) throws LinuxException {
    while (from.hasRemaining()) {
      if (write(from) == 0) {
        throw new LinuxException(Errno.EAGAIN, "write", this, from.remaining());
      }
    }
  }

  /** Closes the descriptor; does nothing the second time. */
  @Override
  public void close() {
    int n = number.getAndSet(CLOSED);
    if (n != CLOSED) {
      FileCalls.close(n, origin);
    }
  }

  /** {@code fd 9 (/proc/42/ns/net)}. */
  @Override
  public String toString() {
    int n = number.get();
    return (n == CLOSED ? "closed fd" : "fd " + n) + " (" + origin + ")";
  }
}
