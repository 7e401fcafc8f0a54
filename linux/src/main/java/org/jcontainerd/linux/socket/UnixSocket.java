package org.jcontainerd.linux.socket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Retry;
import org.jcontainerd.linux.sys.MessageCalls;
import org.jcontainerd.linux.sys.PathCalls;
import org.jcontainerd.linux.sys.SocketCalls;

/**
 * A connected unix socket that carries bytes and descriptors.
 *
 * <p>One thread may send while another receives. Calls that wait do so in the kernel and belong on
 * a platform thread; the {@code try} ones never wait, whatever the socket's mode. To end a waiting
 * thread, {@link #shutdown} first and {@link #close} when it has left.
 */
public final class UnixSocket implements AutoCloseable {
  private static final List<Fd> NO_FDS = List.of();

  /** Two connected sockets, each owned by whoever takes it. */
  public record Pair(UnixSocket first, UnixSocket second) implements AutoCloseable {
    @Override
    public void close() {
      first.close();
      second.close();
    }
  }

  private final Fd fd;

  private UnixSocket(Fd fd) {
    this.fd = fd;
  }

  /** Takes over a connected socket. */
  public static UnixSocket adopt(Fd fd) {
    return new UnixSocket(fd);
  }

  /**
   * Connects to a path of any length.
   *
   * @throws LinuxException ENOENT, or ECONNREFUSED if nobody listens
   */
  public static UnixSocket connect(SocketType type, Path path) throws LinuxException {
    try (UnixAddress address = UnixAddress.of(path)) {
      return connect(type, address, path.toString());
    }
  }

  /**
   * Connects to a socket of an abstract name (unix(7)) in our network namespace.
   *
   * @param name without the NUL that it begins with
   * @throws LinuxException ECONNREFUSED if there is none
   */
  public static UnixSocket connectAbstract(SocketType type, String name) throws LinuxException {
    try (UnixAddress address = UnixAddress.ofAbstract(name)) {
      return connect(type, address, "@" + name);
    }
  }

  private static UnixSocket connect(SocketType type, UnixAddress address, String name)
      throws LinuxException {
    int flags = SocketCalls.SOCK_CLOEXEC | type.number();
    Fd fd = Fd.adopt(SocketCalls.socket(SocketCalls.AF_UNIX, flags, 0), "connection to " + name);
    try {
      Retry.voidOnInterrupt(() -> SocketCalls.connect(fd.number(), address.bytes(), name));
      return new UnixSocket(fd);
    } catch (LinuxException | RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /**
   * A datagram socket with a path, which is not connected: it receives what anybody sends there.
   *
   * @param mode permission bits of the socket file; the umask still applies
   * @throws LinuxException EADDRINUSE if the path exists
   */
  public static UnixSocket bind(Path path, int mode) throws LinuxException {
    int flags = SocketCalls.SOCK_CLOEXEC | SocketType.DATAGRAM.number();
    Fd fd = Fd.adopt(SocketCalls.socket(SocketCalls.AF_UNIX, flags, 0), "socket at " + path);
    try (UnixAddress address = UnixAddress.of(path)) {
      PathCalls.fchmod(fd.number(), mode); // bind(2) makes the file with the mode of the socket
      SocketCalls.bind(fd.number(), address.bytes(), path.toString());
      return new UnixSocket(fd);
    } catch (LinuxException | RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /**
   * A datagram socket with an abstract name, which is not connected.
   *
   * @param name without the NUL that it begins with
   * @throws LinuxException EADDRINUSE if somebody has the name
   */
  public static UnixSocket bindAbstract(String name) throws LinuxException {
    int flags = SocketCalls.SOCK_CLOEXEC | SocketType.DATAGRAM.number();
    Fd fd = Fd.adopt(SocketCalls.socket(SocketCalls.AF_UNIX, flags, 0), "socket at @" + name);
    try (UnixAddress address = UnixAddress.ofAbstract(name)) {
      SocketCalls.bind(fd.number(), address.bytes(), "@" + name);
      return new UnixSocket(fd);
    } catch (LinuxException | RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  public static Pair pair(SocketType type) throws LinuxException {
    int flags = SocketCalls.SOCK_CLOEXEC | type.number();
    int[] ends = SocketCalls.socketpair(SocketCalls.AF_UNIX, flags, 0);
    return new Pair(
        new UnixSocket(Fd.adopt(ends[0], "socketpair, first")),
        new UnixSocket(Fd.adopt(ends[1], "socketpair, second")));
  }

  /** The descriptor, which stays owned by this socket. */
  public Fd fd() {
    return fd;
  }

  /** Sends all bytes; waits for room. */
  public void send(ByteBuffer bytes) throws LinuxException {
    send(bytes, NO_FDS);
  }

  /**
   * Sends all bytes, and with them descriptors, which stay ours; waits for room.
   *
   * @param bytes not empty if there are descriptors
   * @param fds at most 253 (SCM_MAX_FD)
   * @throws LinuxException EPIPE if the peer is gone, EMSGSIZE if a packet is too large, EAGAIN
   *     after the time of {@link #sendTimeout}
   */
  public void send(ByteBuffer bytes, List<Fd> fds) throws LinuxException {
    int[] numbers = fds.stream().mapToInt(Fd::number).toArray();
    do {
      int[] now = numbers;
      int n =
          Retry.onInterrupt(
              () -> MessageCalls.sendmsg(fd.number(), bytes, now, SocketCalls.MSG_NOSIGNAL));
      if (n < 0) {
        throw new LinuxException(Errno.EAGAIN, "sendmsg", fd, bytes.remaining() + " bytes");
      }
      numbers = new int[0]; // the kernel sends them with the first part
    } while (bytes.hasRemaining());
  }

  /**
   * Sends without waiting.
   *
   * @return whether something was sent: on a seqpacket socket all, on a stream maybe only a part of
   *     the bytes (but all descriptors); false if there is no room
   */
  public boolean trySend(ByteBuffer bytes, List<Fd> fds) throws LinuxException {
    int[] numbers = fds.stream().mapToInt(Fd::number).toArray();
    int flags = SocketCalls.MSG_NOSIGNAL | SocketCalls.MSG_DONTWAIT;
    return Retry.onInterrupt(() -> MessageCalls.sendmsg(fd.number(), bytes, numbers, flags)) >= 0;
  }

  /**
   * Waits for the next message, or on a stream for the next bytes.
   *
   * @param max the largest message expected, in bytes
   * @return empty at the end
   * @throws LinuxException EMSGSIZE if the message was longer or carried more descriptors than
   *     could be taken (all that came are closed), EAGAIN after the time of {@link #receiveTimeout}
   *     or if the socket is non-blocking
   */
  public Optional<Received.Message> receive(int max) throws LinuxException {
    return switch (receive(max, 0)) {
      case Received.Message message -> Optional.of(message);
      case Received.Ended _ -> Optional.empty();
      case Received.NothingYet _ -> throw new LinuxException(Errno.EAGAIN, "recvmsg", fd, max);
    };
  }

  /** As {@link #receive}, without waiting. */
  public Received tryReceive(int max) throws LinuxException {
    return receive(max, SocketCalls.MSG_DONTWAIT);
  }

  private Received receive(int max, int flags) throws LinuxException {
    ByteBuffer buffer = ByteBuffer.allocate(max);
    int all = flags | SocketCalls.MSG_CMSG_CLOEXEC;
    MessageCalls.Received got =
        Retry.onInterrupt(() -> MessageCalls.recvmsg(fd.number(), buffer, all));
    if (got.length() < 0) {
      return new Received.NothingYet();
    }
    List<Fd> fds = new ArrayList<>(got.fds().length);
    for (int number : got.fds()) {
      fds.add(Fd.adopt(number, "received through " + fd.origin()));
    }
    if ((got.flags() & (SocketCalls.MSG_TRUNC | SocketCalls.MSG_CTRUNC)) != 0) {
      fds.forEach(Fd::close);
      String what = (got.flags() & SocketCalls.MSG_TRUNC) != 0 ? "message" : "descriptors";
      throw new LinuxException(Errno.EMSGSIZE, "recvmsg", fd, max, what + " cut off");
    }
    if (got.length() == 0 && fds.isEmpty()) {
      return new Received.Ended();
    }
    byte[] bytes = buffer.array();
    return new Received.Message(
        got.length() == max ? bytes : Arrays.copyOf(bytes, got.length()), fds);
  }

  public PeerCredentials peerCredentials() throws LinuxException {
    ByteBuffer ucred =
        ByteBuffer.wrap(
                SocketCalls.getsockopt(
                    fd.number(), SocketCalls.SOL_SOCKET, SocketCalls.SO_PEERCRED, 12))
            .order(ByteOrder.nativeOrder());
    return new PeerCredentials(ucred.getInt(), ucred.getInt(), ucred.getInt());
  }

  /** Limits how long {@link #receive} waits; zero: for ever. */
  public void receiveTimeout(Duration time) throws LinuxException {
    timeout(SocketCalls.SO_RCVTIMEO, time);
  }

  /** Limits how long {@link #send} waits; zero: for ever. */
  public void sendTimeout(Duration time) throws LinuxException {
    timeout(SocketCalls.SO_SNDTIMEO, time);
  }

  private void timeout(int option, Duration time) throws LinuxException {
    byte[] timeval =
        ByteBuffer.allocate(16)
            .order(ByteOrder.nativeOrder())
            .putLong(time.toSeconds())
            .putLong(time.toNanosPart() / 1000)
            .array();
    SocketCalls.setsockopt(fd.number(), SocketCalls.SOL_SOCKET, option, timeval);
  }

  /** Tells the peer that no more comes; receiving goes on. */
  public void shutdownOutput() throws LinuxException {
    shutdown(SocketCalls.SHUT_WR);
  }

  /** Ends both directions and every call that waits on this socket. */
  public void shutdown() throws LinuxException {
    shutdown(SocketCalls.SHUT_RDWR);
  }

  private void shutdown(int how) throws LinuxException {
    try {
      SocketCalls.shutdown(fd.number(), how);
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOTCONN)) { // the peer was faster
        throw e;
      }
    }
  }

  @Override
  public void close() {
    fd.close();
  }

  @Override
  public String toString() {
    return fd.toString();
  }
}
