package org.jcontainerd.linux.sys;

import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.syscall;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;

/** Calls on open files, and open itself. */
public final class FileCalls {
  // fcntl.h
  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;
  public static final int O_NOCTTY = 0x100;
  public static final int O_TRUNC = 0x200;
  public static final int O_APPEND = 0x400;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_DIRECTORY = Nr.ARM64 ? 0x4000 : 0x10000;
  public static final int O_NOFOLLOW = Nr.ARM64 ? 0x8000 : 0x20000;
  public static final int O_CLOEXEC = 0x80000;
  public static final int O_PATH = 0x200000;
  public static final int O_TMPFILE = 0x400000 | O_DIRECTORY;
  public static final int AT_FDCWD = -100;
  public static final int F_DUPFD_CLOEXEC = 1030;
  public static final int F_GETFD = 1;
  public static final int F_SETFD = 2;
  public static final int F_GETFL = 3;
  public static final int F_SETFL = 4;
  public static final int F_SETPIPE_SZ = 1031;
  public static final int F_GETPIPE_SZ = 1032;
  public static final int F_ADD_SEALS = 1033;
  public static final int F_GET_SEALS = 1034;
  public static final int FD_CLOEXEC = 1;
  // sys/file.h
  public static final int LOCK_SH = 1;
  public static final int LOCK_EX = 2;
  public static final int LOCK_NB = 4;
  public static final int LOCK_UN = 8;
  // linux/falloc.h
  public static final int FALLOC_FL_KEEP_SIZE = 1;
  public static final int FALLOC_FL_PUNCH_HOLE = 2;

  private FileCalls() {}

  /** {@code int openat(int dirfd, const char *path, int flags, mode_t mode)}. */
  public static int openat(int dirfd, String path, int flags, int mode) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long fd = syscall(state, Nr.OPENAT, dirfd, Memory.cString(arena, path), flags, mode);
      if (fd == -1) {
        throw failure(state, "openat", dirfd, path, hex(flags));
      }
      return (int) fd;
    }
  }

  /**
   * {@code ssize_t read(int fd, void *buf, size_t count)}, into the remaining bytes of {@code buf}.
   *
   * @return 0 at the end of the file, -1 for EAGAIN, which is no failure here
   */
  public static int read(int fd, ByteBuffer buf) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment memory = Memory.memoryOf(arena, buf);
      long n = syscall(state, Nr.READ, fd, memory.address(), buf.remaining());
      if (n == -1) {
        if (Native.errno(state) == Errno.EAGAIN) {
          return -1;
        }
        throw failure(state, "read", fd, buf.remaining());
      }
      Memory.filled(buf, memory, n);
      return (int) n;
    }
  }

  /**
   * {@code ssize_t write(int fd, const void *buf, size_t count)}.
   *
   * @return -1 for EAGAIN, which is no failure here
   */
  public static int write(int fd, ByteBuffer buf) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment memory = Memory.contentOf(arena, buf);
      long n = syscall(state, Nr.WRITE, fd, memory.address(), buf.remaining());
      if (n == -1) {
        if (Native.errno(state) == Errno.EAGAIN) {
          return -1;
        }
        throw failure(state, "write", fd, buf.remaining());
      }
      buf.position(buf.position() + (int) n);
      return (int) n;
    }
  }

  /** {@code ssize_t pread(int fd, void *buf, size_t count, off_t offset)}. */
  public static int pread(int fd, ByteBuffer buf, long offset) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment memory = Memory.memoryOf(arena, buf);
      long n = syscall(state, Nr.PREAD64, fd, memory.address(), buf.remaining(), offset);
      if (n == -1) {
        throw failure(state, "pread", fd, buf.remaining(), offset);
      }
      Memory.filled(buf, memory, n);
      return (int) n;
    }
  }

  /** {@code ssize_t pwrite(int fd, const void *buf, size_t count, off_t offset)}. */
  public static int pwrite(int fd, ByteBuffer buf, long offset) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment memory = Memory.contentOf(arena, buf);
      long n = syscall(state, Nr.PWRITE64, fd, memory.address(), buf.remaining(), offset);
      if (n == -1) {
        throw failure(state, "pwrite", fd, buf.remaining(), offset);
      }
      buf.position(buf.position() + (int) n);
      return (int) n;
    }
  }

  /** {@code off_t lseek(int fd, off_t offset, int whence)}; whence 0 set, 1 current, 2 end. */
  public static long lseek(int fd, long offset, int whence) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long at = syscall(state, Nr.LSEEK, fd, offset, whence);
      if (at == -1) {
        throw failure(state, "lseek", fd, offset, whence);
      }
      return at;
    }
  }

  /** {@code int ftruncate(int fd, off_t length)}. */
  public static void ftruncate(int fd, long length) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.FTRUNCATE, fd, length) == -1) {
        throw failure(state, "ftruncate", fd, length);
      }
    }
  }

  /** {@code int fallocate(int fd, int mode, off_t offset, off_t len)}. */
  public static void fallocate(int fd, int mode, long offset, long len) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.FALLOCATE, fd, mode, offset, len) == -1) {
        throw failure(state, "fallocate", fd, hex(mode), offset, len);
      }
    }
  }

  /** {@code int fsync(int fd)}. */
  public static void fsync(int fd) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.FSYNC, fd) == -1) {
        throw failure(state, "fsync", fd);
      }
    }
  }

  /** {@code int syncfs(int fd)}: writes out the whole file system that holds {@code fd}. */
  public static void syncfs(int fd) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.SYNCFS, fd) == -1) {
        throw failure(state, "syncfs", fd);
      }
    }
  }

  /** {@code int fcntl(int fd, int cmd, int arg)}. */
  @CanIgnoreReturnValue
  public static int fcntl(int fd, int cmd, int arg) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long rc = syscall(state, Nr.FCNTL, fd, cmd, arg);
      if (rc == -1) {
        throw failure(state, "fcntl", fd, cmd, hex(arg));
      }
      return (int) rc;
    }
  }

  /**
   * {@code int ioctl(int fd, unsigned long request, void *argp)}; {@code argp} is read and written.
   */
  @CanIgnoreReturnValue
  public static int ioctl(int fd, long request, byte[] argp) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment memory = arena.allocate(argp.length, 8).copyFrom(MemorySegment.ofArray(argp));
      long rc = syscall(state, Nr.IOCTL, fd, request, memory.address());
      if (rc == -1) {
        throw failure(state, "ioctl", fd, hex(request));
      }
      MemorySegment.ofArray(argp).copyFrom(memory);
      return (int) rc;
    }
  }

  /** {@code int ioctl(int fd, unsigned long request, long arg)}. */
  @CanIgnoreReturnValue
  public static int ioctl(int fd, long request, long arg) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long rc = syscall(state, Nr.IOCTL, fd, request, arg);
      if (rc == -1) {
        throw failure(state, "ioctl", fd, hex(request), hex(arg));
      }
      return (int) rc;
    }
  }

  /** {@code int flock(int fd, int operation)}. */
  public static void flock(int fd, int operation) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.FLOCK, fd, operation) == -1) {
        throw failure(state, "flock", fd, hex(operation));
      }
    }
  }

  /** {@code mode_t umask(mode_t mask)}: of the whole process, all threads. */
  @CanIgnoreReturnValue
  public static int umask(int mask) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) syscall(capture(arena), Nr.UMASK, mask);
    }
  }

  /**
   * {@code int close(int fd)}. The number is free whatever the answer, so only EBADF is reported:
   * it means that somebody closed a descriptor that was not theirs.
   *
   * @throws IllegalStateException for EBADF
   */
  public static void close(int fd, String origin) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.CLOSE, fd) == -1 && Native.errno(state) == Errno.EBADF) {
        throw new IllegalStateException(
            "close(" + fd + "): not open; somebody else closed it (" + origin + ")");
      }
    }
  }
}
