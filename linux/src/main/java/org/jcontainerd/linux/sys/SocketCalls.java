package org.jcontainerd.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;

/** Sockets of any family; addresses are {@code struct sockaddr_*} as bytes. */
public final class SocketCalls {
  // sys/socket.h
  public static final int AF_UNIX = 1;
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;
  public static final int AF_NETLINK = 16;
  public static final int SOCK_STREAM = 1;
  public static final int SOCK_DGRAM = 2;
  public static final int SOCK_RAW = 3;
  public static final int SOCK_SEQPACKET = 5;
  public static final int SOCK_CLOEXEC = FileCalls.O_CLOEXEC;
  public static final int SOCK_NONBLOCK = FileCalls.O_NONBLOCK;
  public static final int SOL_SOCKET = 1;
  public static final int SO_ERROR = 4;
  public static final int SO_SNDBUF = 7;
  public static final int SO_RCVBUF = 8;
  public static final int SO_PEERCRED = 17;
  public static final int SO_RCVTIMEO = 20;
  public static final int SO_SNDTIMEO = 21;
  public static final int SO_RCVBUFFORCE = 33;
  public static final int SCM_RIGHTS = 1;
  public static final int MSG_PEEK = 2;
  public static final int MSG_CTRUNC = 8;
  public static final int MSG_TRUNC = 0x20;
  public static final int MSG_DONTWAIT = 0x40;
  public static final int MSG_NOSIGNAL = 0x4000;
  public static final int MSG_CMSG_CLOEXEC = 0x40000000;
  public static final int SHUT_RD = 0;
  public static final int SHUT_WR = 1;
  public static final int SHUT_RDWR = 2;

  private SocketCalls() {}

  /** {@code int socket(int domain, int type, int protocol)}. */
  public static int socket(int domain, int type, int protocol) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long fd = syscall(state, Nr.SOCKET, domain, type, protocol);
      if (fd == -1) {
        throw failure(state, "socket", domain, hex(type), protocol);
      }
      return (int) fd;
    }
  }

  /** {@code int socketpair(int domain, int type, int protocol, int sv[2])}. */
  public static int[] socketpair(int domain, int type, int protocol) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment sv = arena.allocate(JAVA_INT, 2);
      if (syscall(state, Nr.SOCKETPAIR, domain, type, protocol, sv.address()) == -1) {
        throw failure(state, "socketpair", domain, hex(type), protocol);
      }
      return Memory.ints(sv);
    }
  }

  /** {@code int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen)}. */
  public static void bind(int sockfd, byte[] addr, String shown) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.BIND, sockfd, Memory.copyOf(arena, addr), addr.length) == -1) {
        throw failure(state, "bind", sockfd, shown);
      }
    }
  }

  /** {@code int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen)}. */
  public static void connect(int sockfd, byte[] addr, String shown) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.CONNECT, sockfd, Memory.copyOf(arena, addr), addr.length) == -1) {
        throw failure(state, "connect", sockfd, shown);
      }
    }
  }

  /** {@code int listen(int sockfd, int backlog)}. */
  public static void listen(int sockfd, int backlog) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.LISTEN, sockfd, backlog) == -1) {
        throw failure(state, "listen", sockfd, backlog);
      }
    }
  }

  /** {@code int accept4(int sockfd, NULL, NULL, int flags)}; -1 for EAGAIN. */
  public static int accept4(int sockfd, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long fd = syscall(state, Nr.ACCEPT4, sockfd, 0, 0, flags);
      if (fd == -1 && Native.errno(state) != Errno.EAGAIN) {
        throw failure(state, "accept4", sockfd, hex(flags));
      }
      return (int) fd;
    }
  }

  /** {@code int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen)}. */
  public static byte[] getsockname(int sockfd) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment addr = arena.allocate(128, 8);
      MemorySegment length = arena.allocateFrom(JAVA_INT, 128);
      if (syscall(state, Nr.GETSOCKNAME, sockfd, addr.address(), length.address()) == -1) {
        throw failure(state, "getsockname", sockfd);
      }
      return Memory.bytes(addr, Math.min(length.get(JAVA_INT, 0), 128));
    }
  }

  /** {@code int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t)}. */
  public static void setsockopt(int sockfd, int level, int optname, byte[] optval)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long at = Memory.copyOf(arena, optval);
      if (syscall(state, Nr.SETSOCKOPT, sockfd, level, optname, at, optval.length) == -1) {
        throw failure(state, "setsockopt", sockfd, level, optname);
      }
    }
  }

  /** {@code setsockopt} of an {@code int}. */
  public static void setsockopt(int sockfd, int level, int optname, int value)
      throws LinuxException {
    setsockopt(
        sockfd,
        level,
        optname,
        ByteBuffer.allocate(4).order(java.nio.ByteOrder.nativeOrder()).putInt(value).array());
  }

  /**
   * {@code int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen)}.
   */
  public static byte[] getsockopt(int sockfd, int level, int optname, int maxLength)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment value = arena.allocate(maxLength, 8);
      MemorySegment length = arena.allocateFrom(JAVA_INT, maxLength);
      long rc =
          syscall(state, Nr.GETSOCKOPT, sockfd, level, optname, value.address(), length.address());
      if (rc == -1) {
        throw failure(state, "getsockopt", sockfd, level, optname);
      }
      return Memory.bytes(value, length.get(JAVA_INT, 0));
    }
  }

  /** {@code int shutdown(int sockfd, int how)}. */
  public static void shutdown(int sockfd, int how) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.SHUTDOWN, sockfd, how) == -1) {
        throw failure(state, "shutdown", sockfd, how);
      }
    }
  }

  /**
   * {@code ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr
   * *dest, socklen_t addrlen)}.
   *
   * @param dest empty on a connected socket
   * @return -1 for EAGAIN
   */
  public static int sendto(int sockfd, ByteBuffer buf, int flags, Optional<byte[]> dest)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment memory = Memory.contentOf(arena, buf);
      long to = dest.map(d -> Memory.copyOf(arena, d)).orElse(0L);
      int toLength = dest.map(d -> d.length).orElse(0);
      int size = buf.remaining();
      long n = syscall(state, Nr.SENDTO, sockfd, memory.address(), size, flags, to, toLength);
      if (n == -1) {
        if (Native.errno(state) == Errno.EAGAIN) {
          return -1;
        }
        throw failure(state, "sendto", sockfd, size, hex(flags));
      }
      buf.position(buf.position() + (int) n);
      return (int) n;
    }
  }

  /**
   * {@code ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, NULL, NULL)}.
   *
   * @return -1 for EAGAIN; with {@code MSG_TRUNC} maybe more than {@code buf} has room for, and
   *     then it is full
   */
  public static int recv(int sockfd, ByteBuffer buf, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment memory = Memory.memoryOf(arena, buf);
      long n = syscall(state, Nr.RECVFROM, sockfd, memory.address(), buf.remaining(), flags, 0, 0);
      if (n == -1) {
        if (Native.errno(state) == Errno.EAGAIN) {
          return -1;
        }
        throw failure(state, "recvfrom", sockfd, buf.remaining(), hex(flags));
      }
      Memory.filled(buf, memory, Math.min(n, buf.remaining()));
      return (int) n;
    }
  }
}
