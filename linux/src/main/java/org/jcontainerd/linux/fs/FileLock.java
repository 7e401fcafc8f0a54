package org.jcontainerd.linux.fs;

import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Retry;
import org.jcontainerd.linux.sys.FileCalls;

/**
 * A lock between processes, and between threads that opened the file each for itself; see flock(2).
 * Belongs to the open file: it ends with {@link #close}, or with the process however that ends.
 */
public final class FileLock implements AutoCloseable {
  private final Fd fd;

  private FileLock(Fd fd) {
    this.fd = fd;
  }

  /** Locks an open file against all others; waits in the kernel, so on a platform thread. */
  public static FileLock exclusive(Fd file) throws LinuxException {
    Retry.voidOnInterrupt(() -> FileCalls.flock(file.number(), FileCalls.LOCK_EX));
    return new FileLock(file);
  }

  /** Locks an open file against exclusive locks; waits in the kernel, so on a platform thread. */
  public static FileLock shared(Fd file) throws LinuxException {
    Retry.voidOnInterrupt(() -> FileCalls.flock(file.number(), FileCalls.LOCK_SH));
    return new FileLock(file);
  }

  /** As {@link #exclusive}, without waiting; empty if somebody else has a lock. */
  public static Optional<FileLock> tryExclusive(Fd file) throws LinuxException {
    try {
      FileCalls.flock(file.number(), FileCalls.LOCK_EX | FileCalls.LOCK_NB);
      return Optional.of(new FileLock(file));
    } catch (LinuxException e) {
      if (e.is(Errno.EAGAIN)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Unlocks; the file stays open and its owner's. Closing the file unlocks as well. */
  @Override
  public void close() throws LinuxException {
    if (fd.isOpen()) {
      FileCalls.flock(fd.number(), FileCalls.LOCK_UN);
    }
  }
}
