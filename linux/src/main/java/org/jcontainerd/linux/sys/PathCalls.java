package org.jcontainerd.linux.sys;

import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.syscall;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;

/** Calls that make, change and remove directory entries. */
public final class PathCalls {
  // fcntl.h
  public static final int AT_SYMLINK_NOFOLLOW = 0x100;
  public static final int AT_REMOVEDIR = 0x200;
  public static final int AT_SYMLINK_FOLLOW = 0x400;
  public static final int AT_EMPTY_PATH = 0x1000;

  private PathCalls() {}

  /** {@code int unlinkat(int dirfd, const char *pathname, int flags)}. */
  public static void unlinkat(int dirfd, String path, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.UNLINKAT, dirfd, Memory.cString(arena, path), flags) == -1) {
        throw failure(state, "unlinkat", dirfd, path, flags);
      }
    }
  }

  /** {@code unlinkat} of what may be gone already; whether it was there. */
  @CanIgnoreReturnValue
  public static boolean unlinkIfExists(int dirfd, String path) throws LinuxException {
    try {
      unlinkat(dirfd, path, 0);
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  /** {@code int fchmod(int fd, mode_t mode)}. */
  public static void fchmod(int fd, int mode) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.FCHMOD, fd, mode) == -1) {
        throw failure(state, "fchmod", fd, "0" + Integer.toOctalString(mode));
      }
    }
  }
}
