package org.jcontainerd.linux.fs;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Retry;
import org.jcontainerd.linux.sys.FileCalls;

/** Opening files of the host, and work on open files that a channel does not offer. */
public final class OpenFile {
  private OpenFile() {}

  /**
   * Opens a host path, close-on-exec. Never for what lies in a container's root: see {@link
   * RootDir}.
   */
  public static Fd open(Path path, OpenFlag... flags) throws LinuxException {
    return open(path, 0, flags);
  }

  /** As {@link #open(Path, OpenFlag...)}, with the permissions of a file that is made. */
  public static Fd open(Path path, int permissions, OpenFlag... flags) throws LinuxException {
    String text = path.toString();
    int bits = OpenFlag.bits(flags);
    return Fd.adopt(
        Retry.onInterrupt(() -> FileCalls.openat(FileCalls.AT_FDCWD, text, bits, permissions)),
        text);
  }

  /** Reads once at an offset; -1 at the end. The file's position stays. */
  public static int read(Fd fd, ByteBuffer into, long offset) throws LinuxException {
    int n = Retry.onInterrupt(() -> FileCalls.pread(fd.number(), into, offset));
    return n == 0 && into.hasRemaining() ? -1 : n;
  }

  /** Writes all of {@code from} at an offset. The file's position stays. */
  public static void write(Fd fd, ByteBuffer from, long offset) throws LinuxException {
    long at = offset;
    while (from.hasRemaining()) {
      at += writeOnce(fd, from, at);
    }
  }

  private static int writeOnce(Fd fd, ByteBuffer from, long offset) throws LinuxException {
    return Retry.onInterrupt(() -> FileCalls.pwrite(fd.number(), from, offset));
  }

  /** Cuts or extends a file to {@code bytes}. */
  public static void truncate(Fd fd, long bytes) throws LinuxException {
    Retry.voidOnInterrupt(() -> FileCalls.ftruncate(fd.number(), bytes));
  }

  public static long size(Fd fd) throws LinuxException {
    return FileStat.of(fd).size();
  }

  /** Moves the position of an open file to {@code offset} from its start. */
  public static void seek(Fd fd, long offset) throws LinuxException {
    var _ = FileCalls.lseek(fd.number(), offset, 0);
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
