package org.jcontainerd.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;

/** epoll(7). */
public final class EpollCalls {
  // sys/epoll.h
  public static final int EPOLLIN = 1;
  public static final int EPOLLPRI = 2;
  public static final int EPOLLOUT = 4;
  public static final int EPOLLERR = 8;
  public static final int EPOLLHUP = 0x10;
  public static final int EPOLLRDHUP = 0x2000;
  public static final int EPOLLONESHOT = 1 << 30;
  public static final int EPOLL_CTL_ADD = 1;
  public static final int EPOLL_CTL_DEL = 2;
  public static final int EPOLL_CTL_MOD = 3;

  /** {@code sizeof(struct epoll_event)}: packed on x86-64 only. */
  public static final int EVENT_SIZE = Nr.ARM64 ? 16 : 12;

  /** {@code offsetof(struct epoll_event, data)}. */
  public static final int EVENT_DATA = Nr.ARM64 ? 8 : 4;

  private EpollCalls() {}

  /** {@code int epoll_create1(int flags)}. */
  public static int epoll_create1(int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long fd = syscall(state, Nr.EPOLL_CREATE1, flags);
      if (fd == -1) {
        throw failure(state, "epoll_create1", hex(flags));
      }
      return (int) fd;
    }
  }

  /** {@code int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)}. */
  public static void epoll_ctl(int epfd, int op, int fd, int events, long data)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment event = arena.allocate(16, 8);
      event.set(JAVA_INT, 0, events);
      event.set(JAVA_LONG_UNALIGNED, EVENT_DATA, data);
      if (syscall(state, Nr.EPOLL_CTL, epfd, op, fd, event.address()) == -1) {
        throw failure(state, "epoll_ctl", epfd, op, fd, hex(events));
      }
    }
  }

  /**
   * {@code int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)}.
   *
   * @param events direct, in native order; filled from index 0
   * @param timeoutMillis -1 waits for ever
   * @return the number of events; 0 after the time or a signal
   */
  public static int epoll_wait(int epfd, ByteBuffer events, int timeoutMillis)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      int max = events.capacity() / EVENT_SIZE;
      long at = MemorySegment.ofBuffer(events.clear()).address();
      long n = syscall(state, Nr.EPOLL_PWAIT, epfd, at, max, timeoutMillis, 0, 8);
      if (n == -1) {
        if (Native.errno(state) == Errno.EINTR) {
          return 0;
        }
        throw failure(state, "epoll_pwait", epfd, max, timeoutMillis);
      }
      return (int) n;
    }
  }
}
