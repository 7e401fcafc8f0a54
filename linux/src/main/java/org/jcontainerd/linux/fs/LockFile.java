package org.jcontainerd.linux.fs;

import java.nio.file.Path;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.FileCalls;

/**
 * A file held with an exclusive flock(2), the lock that Go programs take; the JDK's own file locks
 * are of another kind (fcntl) and do not exclude it. Held until {@link #close}, also against other
 * threads of this process.
 */
public final class LockFile implements AutoCloseable {
  private final Fd fd;

  private LockFile(Fd fd) {
    this.fd = fd;
  }

  /**
   * Creates the file if need be and waits in the kernel for the lock: call from a platform thread.
   */
  public static LockFile hold(Path file) throws LinuxException {
    String path = file.toString();
    int flags = FileCalls.O_CREAT | FileCalls.O_RDONLY | FileCalls.O_CLOEXEC;
    Fd fd = Fd.adopt(FileCalls.openat(FileCalls.AT_FDCWD, path, flags, 0600), path);
    try {
      var _ = FileLock.exclusive(fd); // ends with the descriptor
      return new LockFile(fd);
    } catch (LinuxException | RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
