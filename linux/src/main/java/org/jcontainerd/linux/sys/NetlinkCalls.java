package org.jcontainerd.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Retry;

/** The socket calls as AF_NETLINK sockets use them; see netlink(7). */
public final class NetlinkCalls {
  // linux/socket.h
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_TRUNC = 0x20;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SOL_NETLINK = 270;
  // linux/netlink.h
  public static final int NETLINK_CAP_ACK = 10;
  public static final int NETLINK_EXT_ACK = 11;
  public static final int NETLINK_GET_STRICT_CHK = 12;

  private static final int TIMEVAL = 16;

  private NetlinkCalls() {}

  /** {@code int socket(AF_NETLINK, SOCK_RAW, int protocol)}; close-on-exec always. */
  public static int socket(int protocol) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long fd = syscall(state, Nr.SOCKET, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
      if (fd == -1) {
        throw failure(state, "socket", "AF_NETLINK", protocol);
      }
      return (int) fd;
    }
  }

  /** {@code setsockopt(SOL_NETLINK)} of one int. */
  public static void setOption(int fd, int option, int value) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(JAVA_INT);
      var _ = Memory.view(memory).putInt(0, value);
      setsockopt(arena, fd, SOL_NETLINK, option, memory);
    }
  }

  /** {@code setsockopt(SO_RCVTIMEO)}: a receive that waits longer ends with EAGAIN. */
  public static void setReceiveTimeout(int fd, long seconds) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(TIMEVAL, Long.BYTES);
      var _ = Memory.view(memory).putLong(0, seconds);
      setsockopt(arena, fd, SOL_SOCKET, SO_RCVTIMEO, memory);
    }
  }

  private static void setsockopt(Arena arena, int fd, int level, int option, MemorySegment value)
      throws LinuxException {
    MemorySegment state = capture(arena);
    if (syscall(state, Nr.SETSOCKOPT, fd, level, option, value.address(), value.byteSize()) == -1) {
      throw failure(state, "setsockopt", fd, level, option);
    }
  }

  /** {@code ssize_t send(int fd, buf, len, 0)} to the kernel: all or nothing. */
  public static void send(int fd, byte[] datagram) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long copy = Memory.copyOf(arena, datagram);
      Retry.voidOnInterrupt(() -> {
        if (syscall(state, Nr.SENDTO, fd, copy, datagram.length, 0, 0, 0) == -1) {
          throw failure(state, "sendto", fd, datagram.length);
        }
      });
    }
  }

  /**
   * {@code ssize_t recv(int fd, buf, len, MSG_TRUNC)}.
   *
   * @return the length of the datagram, which is more than the buffer's if it did not fit
   */
  public static int receive(int fd, byte[] buffer) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment memory = arena.allocate(buffer.length);
      long count =
          Retry.onInterrupt(() -> {
            long n =
                syscall(state, Nr.RECVFROM, fd, memory.address(), buffer.length, MSG_TRUNC, 0, 0);
            if (n == -1) {
              throw failure(state, "recvfrom", fd, buffer.length);
            }
            return n;
          });
      int copied = (int) Math.min(count, buffer.length);
      var _ = Memory.view(memory).get(buffer, 0, copied);
      return (int) count;
    }
  }
}
