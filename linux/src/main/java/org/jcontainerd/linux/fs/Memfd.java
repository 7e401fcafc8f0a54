package org.jcontainerd.linux.fs;

import java.nio.ByteBuffer;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.FileCalls;
import org.jcontainerd.linux.sys.PipeCalls;

/** Files in memory, see memfd_create(2). Thread-safe; the caller owns what is returned. */
public final class Memfd {
  private static final int ALL_SEALS =
      PipeCalls.F_SEAL_SEAL
          | PipeCalls.F_SEAL_SHRINK
          | PipeCalls.F_SEAL_GROW
          | PipeCalls.F_SEAL_WRITE;

  private Memfd() {}

  /** An empty, writable file of no execute permission. */
  public static Fd create(String name) throws LinuxException {
    return open(name, PipeCalls.MFD_CLOEXEC, PipeCalls.MFD_NOEXEC_SEAL);
  }

  /**
   * A file with {@code content} that nobody can change any more, not even its owner.
   *
   * @param executable whether it is a program for {@link org.jcontainerd.linux.process.Spawn}
   */
  public static Fd sealed(String name, ByteBuffer content, boolean executable)
      throws LinuxException {
    Fd fd =
        open(
            name,
            PipeCalls.MFD_CLOEXEC | PipeCalls.MFD_ALLOW_SEALING,
            executable ? PipeCalls.MFD_EXEC : PipeCalls.MFD_NOEXEC_SEAL);
    try {
      fd.writeFully(content.duplicate());
      FileCalls.fcntl(fd.number(), FileCalls.F_ADD_SEALS, ALL_SEALS);
      return fd;
    } catch (LinuxException | RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /** Whether {@code fd} is a memory file that can no longer change. */
  public static boolean isSealed(Fd fd) throws LinuxException {
    try {
      int seals = FileCalls.fcntl(fd.number(), FileCalls.F_GET_SEALS, 0);
      return (seals & ALL_SEALS) == ALL_SEALS;
    } catch (LinuxException e) {
      if (e.is(Errno.EINVAL)) { // not a memory file
        return false;
      }
      throw e;
    }
  }

  private static Fd open(String name, int flags, int execFlag) throws LinuxException {
    String origin = "memfd '" + name + "'";
    try {
      return Fd.adopt(PipeCalls.memfd_create(name, flags | execFlag), origin);
    } catch (LinuxException e) {
      if (!e.is(Errno.EINVAL)) {
        throw e;
      }
      // before Linux 6.3 the two exec flags are unknown and every memfd is executable
      return Fd.adopt(PipeCalls.memfd_create(name, flags), origin);
    }
  }
}
