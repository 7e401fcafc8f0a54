package org.jcontainerd.linux.sys;

import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.octal;
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
  // linux/fs.h
  public static final int RENAME_NOREPLACE = 1;
  public static final int RENAME_EXCHANGE = 2;
  public static final int RENAME_WHITEOUT = 4;
  // sys/stat.h
  public static final int S_IFMT = 0xF000;
  public static final int S_IFIFO = 0x1000;
  public static final int S_IFCHR = 0x2000;
  public static final int S_IFDIR = 0x4000;
  public static final int S_IFBLK = 0x6000;
  public static final int S_IFREG = 0x8000;
  public static final int S_IFLNK = 0xA000;
  public static final int S_IFSOCK = 0xC000;
  public static final int UTIME_NOW = (1 << 30) - 1;
  public static final int UTIME_OMIT = (1 << 30) - 2;

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
        throw failure(state, "fchmod", fd, octal(mode));
      }
    }
  }

  /** {@code int mkdirat(int dirfd, const char *pathname, mode_t mode)}. */
  public static void mkdirat(int dirfd, String path, int mode) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.MKDIRAT, dirfd, Memory.cString(arena, path), mode) == -1) {
        throw failure(state, "mkdirat", dirfd, path, octal(mode));
      }
    }
  }

  /**
   * {@code int mknodat(int dirfd, const char *pathname, mode_t mode, dev_t dev)}; {@code dev} as
   * {@link #makedev} makes it.
   */
  public static void mknodat(int dirfd, String path, int mode, int dev) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.MKNODAT, dirfd, Memory.cString(arena, path), mode, dev) == -1) {
        throw failure(state, "mknodat", dirfd, path, octal(mode), hex(dev));
      }
    }
  }

  /** A device number in the kernel's 32-bit form, {@code new_encode_dev} of linux/kdev_t.h. */
  public static int makedev(int major, int minor) {
    return (minor & 0xFF) | (major << 8) | ((minor & ~0xFF) << 12);
  }

  /** {@code int symlinkat(const char *target, int newdirfd, const char *linkpath)}. */
  public static void symlinkat(String target, int newdirfd, String path) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(
              state,
              Nr.SYMLINKAT,
              Memory.cString(arena, target),
              newdirfd,
              Memory.cString(arena, path))
          == -1) {
        throw failure(state, "symlinkat", target, newdirfd, path);
      }
    }
  }

  /**
   * {@code int linkat(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, int
   * flags)}.
   */
  public static void linkat(int olddirfd, String oldpath, int newdirfd, String newpath, int flags)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(
              state,
              Nr.LINKAT,
              olddirfd,
              Memory.cString(arena, oldpath),
              newdirfd,
              Memory.cString(arena, newpath),
              flags)
          == -1) {
        throw failure(state, "linkat", olddirfd, oldpath, newdirfd, newpath, hex(flags));
      }
    }
  }

  /**
   * {@code int renameat2(int olddirfd, const char *oldpath, int newdirfd, const char *newpath,
   * unsigned flags)}.
   */
  public static void renameat2(
      int olddirfd, String oldpath, int newdirfd, String newpath, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(
              state,
              Nr.RENAMEAT2,
              olddirfd,
              Memory.cString(arena, oldpath),
              newdirfd,
              Memory.cString(arena, newpath),
              flags)
          == -1) {
        throw failure(state, "renameat2", olddirfd, oldpath, newdirfd, newpath, hex(flags));
      }
    }
  }

  /** {@code ssize_t readlinkat(int dirfd, const char *pathname, char *buf, size_t bufsiz)}. */
  public static String readlinkat(int dirfd, String path) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment buf = arena.allocate(4096); // PATH_MAX, which symlinkat enforces
      long n =
          syscall(state, Nr.READLINKAT, dirfd, Memory.cString(arena, path), buf.address(), 4096);
      if (n == -1) {
        throw failure(state, "readlinkat", dirfd, path);
      }
      return FileNames.decode(Memory.bytes(buf, n));
    }
  }

  /**
   * {@code int fchownat(int dirfd, const char *pathname, uid_t owner, gid_t group, int flags)}; -1
   * leaves one as it is.
   */
  public static void fchownat(int dirfd, String path, int owner, int group, int flags)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.FCHOWNAT, dirfd, Memory.cString(arena, path), owner, group, flags)
          == -1) {
        throw failure(state, "fchownat", dirfd, path, owner, group, hex(flags));
      }
    }
  }

  /** {@code int fchmodat(int dirfd, const char *pathname, mode_t mode)}, which follows links. */
  public static void fchmodat(int dirfd, String path, int mode) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.FCHMODAT, dirfd, Memory.cString(arena, path), mode) == -1) {
        throw failure(state, "fchmodat", dirfd, path, octal(mode));
      }
    }
  }

  /**
   * {@code int fchmodat2(int dirfd, const char *pathname, mode_t mode, unsigned flags)}; since
   * Linux 6.6.
   */
  public static void fchmodat2(int dirfd, String path, int mode, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.FCHMODAT2, dirfd, Memory.cString(arena, path), mode, flags) == -1) {
        throw failure(state, "fchmodat2", dirfd, path, octal(mode), hex(flags));
      }
    }
  }

  /**
   * {@code int utimensat(int dirfd, const char *pathname, const struct timespec times[2], int
   * flags)}; nanoseconds may be {@link #UTIME_NOW} or {@link #UTIME_OMIT}.
   */
  public static void utimensat(
      int dirfd, String path, long atimeSeconds, int atimeNanos, long mtimeSeconds, int mtimeNanos)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long times = Memory.longs(arena, atimeSeconds, atimeNanos, mtimeSeconds, mtimeNanos);
      long name = Memory.cString(arena, path);
      if (syscall(state, Nr.UTIMENSAT, dirfd, name, times, AT_SYMLINK_NOFOLLOW) == -1) {
        throw failure(state, "utimensat", dirfd, path, mtimeSeconds);
      }
    }
  }
}
