package org.jcontainerd.linux.fs;

import java.nio.ByteBuffer;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Retry;
import org.jcontainerd.linux.sys.FileCalls;

/**
 * Parts of open files by offset; the file position plays no role. Thread-safe, descriptors are
 * borrowed.
 */
public final class FileRange {
  private static final int SEEK_END = 2;

  private FileRange() {}

  /** The size of a file, found by seeking to its end. */
  public static long size(Fd fd) throws LinuxException {
    return FileCalls.lseek(fd.number(), 0, SEEK_END);
  }

  /** Reads once from {@code offset}; -1 at or behind the end. */
  public static int read(Fd fd, ByteBuffer into, long offset) throws LinuxException {
    int n = Retry.onInterrupt(() -> FileCalls.pread(fd.number(), into, offset));
    return n == 0 ? -1 : n;
  }

  /** Writes once at {@code offset}; may write less than is there. */
  public static int write(Fd fd, ByteBuffer from, long offset) throws LinuxException {
    return Retry.onInterrupt(() -> FileCalls.pwrite(fd.number(), from, offset));
  }

  /**
   * Gives the blocks of a range back, which reads as zeros from then on; the size stays.
   *
   * @throws LinuxException EOPNOTSUPP if the file system cannot do it
   */
  public static void punch(Fd fd, long offset, long length) throws LinuxException {
    Retry.voidOnInterrupt(() ->
        FileCalls.fallocate(
            fd.number(),
            FileCalls.FALLOC_FL_PUNCH_HOLE | FileCalls.FALLOC_FL_KEEP_SIZE,
            offset,
            length));
  }

  /** Writes all of {@code from} at {@code offset}. */
  public static void writeFully(Fd fd, ByteBuffer from, long offset) throws LinuxException {
    long at = offset;
    while (from.hasRemaining()) {
      at += write(fd, from, at);
    }
  }

  /** Cuts or extends a file to {@code bytes}. */
  public static void truncate(Fd fd, long bytes) throws LinuxException {
    Retry.voidOnInterrupt(() -> FileCalls.ftruncate(fd.number(), bytes));
  }

  /** Waits until the content is on the disk. */
  public static void sync(Fd fd) throws LinuxException {
    Retry.voidOnInterrupt(() -> FileCalls.fsync(fd.number()));
  }

  /** Waits until the whole file system that holds {@code fd} is on the disk. */
  public static void syncFileSystem(Fd fd) throws LinuxException {
    Retry.voidOnInterrupt(() -> FileCalls.syncfs(fd.number()));
  }
}
