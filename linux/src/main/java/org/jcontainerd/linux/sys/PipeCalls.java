package org.jcontainerd.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;

/** Pipes, memory files, and moving bytes within the kernel. */
public final class PipeCalls {
  // fcntl.h
  public static final int SPLICE_F_MOVE = 1;
  public static final int SPLICE_F_NONBLOCK = 2;
  public static final int SPLICE_F_MORE = 4;
  // asm-generic/ioctls.h
  public static final long FIONREAD = 0x541B;
  // linux/memfd.h
  public static final int MFD_CLOEXEC = 1;
  public static final int MFD_ALLOW_SEALING = 2;

  /** Since Linux 6.3. */
  public static final int MFD_NOEXEC_SEAL = 8;

  /** Since Linux 6.3. */
  public static final int MFD_EXEC = 0x10;

  // linux/fcntl.h
  public static final int F_SEAL_SEAL = 1;
  public static final int F_SEAL_SHRINK = 2;
  public static final int F_SEAL_GROW = 4;
  public static final int F_SEAL_WRITE = 8;
  // sys/eventfd.h
  public static final int EFD_CLOEXEC = FileCalls.O_CLOEXEC;
  public static final int EFD_NONBLOCK = FileCalls.O_NONBLOCK;

  private PipeCalls() {}

  /** {@code int pipe2(int pipefd[2], int flags)}. */
  public static int[] pipe2(int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment pipefd = arena.allocate(JAVA_INT, 2);
      if (syscall(state, Nr.PIPE2, pipefd.address(), flags) == -1) {
        throw failure(state, "pipe2", hex(flags));
      }
      return Memory.ints(pipefd);
    }
  }

  /**
   * {@code ssize_t splice(int fd_in, off64_t *off_in, int fd_out, off64_t *off_out, size_t len,
   * unsigned flags)}.
   *
   * @param offOut where to write in {@code fdOut}, or -1 for its own position (or a pipe)
   * @return 0 at the end of the input, -1 for EAGAIN, which is no failure here
   */
  public static long splice(int fdIn, long offIn, int fdOut, long offOut, long len, int flags)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long n =
          syscall(
              state,
              Nr.SPLICE,
              fdIn,
              offset(arena, offIn),
              fdOut,
              offset(arena, offOut),
              len,
              flags);
      if (n == -1 && Native.errno(state) != Errno.EAGAIN) {
        throw failure(state, "splice", fdIn, offIn, fdOut, offOut, len, hex(flags));
      }
      return n;
    }
  }

  private static long offset(Arena arena, long offset) {
    return offset < 0 ? 0 : Memory.longs(arena, offset);
  }

  /** {@code ssize_t tee(int fd_in, int fd_out, size_t len, unsigned flags)}; -1 for EAGAIN. */
  public static long tee(int fdIn, int fdOut, long len, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long n = syscall(state, Nr.TEE, fdIn, fdOut, len, flags);
      if (n == -1 && Native.errno(state) != Errno.EAGAIN) {
        throw failure(state, "tee", fdIn, fdOut, len, hex(flags));
      }
      return n;
    }
  }

  /**
   * {@code ssize_t sendfile(int out_fd, int in_fd, off_t *offset, size_t count)}; -1 for EAGAIN.
   *
   * @param offset where to read in {@code inFd}; its own position is left alone
   */
  public static long sendfile(int outFd, int inFd, long offset, long count) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long n = syscall(state, Nr.SENDFILE, outFd, inFd, offset(arena, offset), count);
      if (n == -1 && Native.errno(state) != Errno.EAGAIN) {
        throw failure(state, "sendfile", outFd, inFd, offset, count);
      }
      return n;
    }
  }

  /** {@code int memfd_create(const char *name, unsigned flags)}. */
  public static int memfd_create(String name, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long fd = syscall(state, Nr.MEMFD_CREATE, Memory.cString(arena, name), flags);
      if (fd == -1) {
        throw failure(state, "memfd_create", name, hex(flags));
      }
      return (int) fd;
    }
  }

  /** {@code int eventfd(unsigned initval, int flags)}. */
  public static int eventfd(int initval, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long fd = syscall(state, Nr.EVENTFD2, initval, flags);
      if (fd == -1) {
        throw failure(state, "eventfd2", initval, hex(flags));
      }
      return (int) fd;
    }
  }
}
