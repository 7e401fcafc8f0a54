package org.jcontainerd.jshim.log;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.FileRange;
import org.jcontainerd.linux.fs.Pipe;

/**
 * The memory file of one output stream: what was taken from the process and may not be in the log
 * yet. The keeper holds it too, so it outlives this shim.
 *
 * <p>Offsets count from the start of the process and never go back: the end of the file is the end
 * of the output so far, and what has reached the log is punched out of the front. So one number in
 * the journal says all, and no order of truncations can be misread. Confined to its loop.
 */
final class Spool implements AutoCloseable {
  private static final long PAGE = 4096;

  private final Fd fd;
  private long end;
  private long punched;

  private Spool(Fd fd, long end) {
    this.fd = fd;
    this.end = end;
  }

  /** Adopts a spool as it was left. */
  static Spool adopt(Fd fd) throws LinuxException {
    return new Spool(fd, FileRange.size(fd));
  }

  /** The offset after the last byte that was taken. */
  long end() {
    return end;
  }

  /**
   * Moves at most {@code max} bytes out of a pipe, within the kernel: a byte is in the pipe or
   * here, also when this process is killed at any moment.
   *
   * @return how many; 0 at the end, empty if there is nothing now
   */
  OptionalLong fill(Fd pipe, long max) throws LinuxException {
    var moved = Pipe.splice(pipe, -1, fd, end, max);
    if (moved.isPresent()) {
      end += moved.getAsLong();
    }
    return moved;
  }

  /** Appends bytes that came some other way. */
  void append(ByteBuffer bytes) throws LinuxException {
    while (bytes.hasRemaining()) {
      end += FileRange.write(fd, bytes, end);
    }
  }

  /** Fills {@code into} from {@code offset} on, up to its limit or the end. */
  void read(ByteBuffer into, long offset) throws LinuxException {
    long at = offset;
    while (into.hasRemaining() && at < end) {
      at += FileRange.read(fd, into, at);
    }
  }

  /** Gives the memory of everything before {@code offset} back, in whole pages. */
  void forget(long offset) throws LinuxException {
    long boundary = offset - offset % PAGE;
    if (boundary > punched) {
      FileRange.punch(fd, punched, boundary - punched);
      punched = boundary;
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
