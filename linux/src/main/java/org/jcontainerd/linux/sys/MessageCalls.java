package org.jcontainerd.linux.sys;

import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;

/** sendmsg(2) and recvmsg(2) with descriptors, {@code SCM_RIGHTS} of unix(7). */
public final class MessageCalls {
  /** {@code SCM_MAX_FD} of include/net/scm.h: more in one message are refused with EINVAL. */
  public static final int SCM_MAX_FD = 253;

  // struct msghdr, struct cmsghdr of bits/socket.h on 64 bits
  static final int MSGHDR_SIZE = 56;
  static final int MSG_IOV = 16;
  static final int MSG_IOVLEN = 24;
  static final int MSG_CONTROL = 32;
  static final int MSG_CONTROLLEN = 40;
  static final int MSG_FLAGS = 48;
  static final int CMSGHDR_SIZE = 16;
  static final int CMSG_LEVEL = 8;
  static final int CMSG_TYPE = 12;

  private static final int[] NONE = {};

  /**
   * What recvmsg(2) gave.
   *
   * @param length bytes received; -1 for EAGAIN
   * @param fds received descriptors, owned by the caller
   * @param flags {@code msg_flags}
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on at once, never compared
  public record Received(int length, int[] fds, int flags) {}

  private MessageCalls() {}

  /** {@code sendmsg} of the remaining bytes and {@code fds}; -1 for EAGAIN. */
  public static int sendmsg(int sockfd, ByteBuffer buf, int[] fds, int flags)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment control = arena.allocate(space(fds.length), 8);
      Memory.view(control)
          .putLong(0, CMSGHDR_SIZE + 4L * fds.length)
          .putInt(CMSG_LEVEL, SocketCalls.SOL_SOCKET)
          .putInt(CMSG_TYPE, SocketCalls.SCM_RIGHTS);
      var _ = Memory.view(control).position(CMSGHDR_SIZE).asIntBuffer().put(fds);
      MemorySegment memory = Memory.contentOf(arena, buf);
      MemorySegment header =
          header(arena, memory, buf.remaining(), control, fds.length == 0 ? 0 : control.byteSize());
      long n = syscall(state, Nr.SENDMSG, sockfd, header.address(), flags);
      if (n == -1) {
        if (Native.errno(state) == Errno.EAGAIN) {
          return -1;
        }
        throw failure(
            state, "sendmsg", sockfd, buf.remaining() + " bytes", fds.length + " fds", hex(flags));
      }
      buf.position(buf.position() + (int) n);
      return (int) n;
    }
  }

  /** {@code recvmsg} into the remaining bytes of {@code buf}. */
  public static Received recvmsg(int sockfd, ByteBuffer buf, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment control = arena.allocate(space(SCM_MAX_FD), 8);
      MemorySegment memory = Memory.memoryOf(arena, buf);
      MemorySegment header = header(arena, memory, buf.remaining(), control, control.byteSize());
      long n = syscall(state, Nr.RECVMSG, sockfd, header.address(), flags);
      if (n == -1) {
        if (Native.errno(state) == Errno.EAGAIN) {
          return new Received(-1, NONE, 0);
        }
        throw failure(state, "recvmsg", sockfd, buf.remaining(), hex(flags));
      }
      Memory.filled(buf, memory, Math.min(n, buf.remaining()));
      ByteBuffer told = Memory.view(header);
      int[] fds = rights(control.asSlice(0, told.getLong(MSG_CONTROLLEN)));
      return new Received((int) n, fds, told.getInt(MSG_FLAGS));
    }
  }

  private static MemorySegment header(
      Arena arena, MemorySegment memory, int size, MemorySegment control, long controlSize) {
    MemorySegment iov = arena.allocate(2 * Long.BYTES, Long.BYTES);
    Memory.view(iov).putLong(memory.address()).putLong(size);
    MemorySegment header = arena.allocate(MSGHDR_SIZE, 8);
    Memory.view(header)
        .putLong(MSG_IOV, iov.address())
        .putLong(MSG_IOVLEN, 1)
        .putLong(MSG_CONTROL, controlSize == 0 ? 0 : control.address())
        .putLong(MSG_CONTROLLEN, controlSize);
    return header;
  }

  /** The descriptors of all SCM_RIGHTS parts; other parts (credentials) are skipped. */
  private static int[] rights(MemorySegment control) {
    int[] fds = NONE;
    ByteBuffer parts = Memory.view(control);
    int at = 0;
    while (at + CMSGHDR_SIZE <= control.byteSize()) {
      long length = parts.getLong(at);
      if (length < CMSGHDR_SIZE || at + length > control.byteSize()) {
        break;
      }
      if (parts.getInt(at + CMSG_LEVEL) == SocketCalls.SOL_SOCKET
          && parts.getInt(at + CMSG_TYPE) == SocketCalls.SCM_RIGHTS) {
        int[] more = Memory.ints(control.asSlice(at + CMSGHDR_SIZE, length - CMSGHDR_SIZE));
        int[] all = java.util.Arrays.copyOf(fds, fds.length + more.length);
        System.arraycopy(more, 0, all, fds.length, more.length);
        fds = all;
      }
      at += (int) ((length + 7) & ~7L);
    }
    return fds;
  }

  /** {@code CMSG_SPACE(n * sizeof(int))}. */
  private static long space(int fds) {
    return CMSGHDR_SIZE + ((4L * fds + 7) & ~7L);
  }
}
