package org.jcontainerd.linux.fs;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.FileCalls;
import org.jcontainerd.linux.sys.PipeCalls;

/**
 * A pipe, and moving bytes through pipes without bringing them into this process.
 *
 * @param readEnd owned by whoever owns this record
 * @param writeEnd likewise
 */
public record Pipe(Fd readEnd, Fd writeEnd) implements AutoCloseable {

  /** A new pipe, both ends blocking. */
  public static Pipe create() throws LinuxException {
    int[] ends = PipeCalls.pipe2(FileCalls.O_CLOEXEC);
    return new Pipe(Fd.adopt(ends[0], "pipe read end"), Fd.adopt(ends[1], "pipe write end"));
  }

  /** How many bytes a pipe can hold. */
  public static int capacity(Fd end) throws LinuxException {
    return FileCalls.fcntl(end.number(), FileCalls.F_GETPIPE_SZ, 0);
  }

  /**
   * Asks for room for {@code bytes}; the kernel rounds up to a power of two pages.
   *
   * @return the capacity from now on: the old one if the kernel refuses because of its limits
   *     (pipe-max-size, or the user's pages; pipe(7))
   */
  @CanIgnoreReturnValue
  public static int enlarge(Fd end, int bytes) throws LinuxException {
    try {
      return FileCalls.fcntl(end.number(), FileCalls.F_SETPIPE_SZ, bytes);
    } catch (LinuxException e) {
      if (e.is(Errno.EPERM, Errno.EBUSY)) {
        return capacity(end);
      }
      throw e;
    }
  }

  /** How many bytes can be read at once from a pipe, socket or terminal (FIONREAD). */
  public static int available(Fd fd) throws LinuxException {
    byte[] count = new byte[4];
    FileCalls.ioctl(fd.number(), PipeCalls.FIONREAD, count);
    return ByteBuffer.wrap(count).order(ByteOrder.nativeOrder()).getInt();
  }

  /**
   * Moves at most {@code max} bytes from {@code from} to {@code to}, one of which is a pipe; each
   * file uses its own position. Does not wait for the pipe.
   *
   * @return bytes moved, 0 at the end of {@code from}, empty if nothing can be moved yet
   */
  public static OptionalLong splice(Fd from, Fd to, long max) throws LinuxException {
    return splice(from, -1, to, -1, max);
  }

  /**
   * As {@link #splice(Fd, Fd, long)} from and to given offsets of files, whose positions stay.
   *
   * @param fromOffset -1 for a pipe, or for the file's own position
   * @param toOffset likewise
   */
  public static OptionalLong splice(Fd from, long fromOffset, Fd to, long toOffset, long max)
      throws LinuxException {
    long moved =
        PipeCalls.splice(
            from.number(), fromOffset, to.number(), toOffset, max, PipeCalls.SPLICE_F_NONBLOCK);
    return moved < 0 ? OptionalLong.empty() : OptionalLong.of(moved);
  }

  /** Closes both ends; each may have been closed before. */
  @Override
  public void close() {
    readEnd.close();
    writeEnd.close();
  }
}
