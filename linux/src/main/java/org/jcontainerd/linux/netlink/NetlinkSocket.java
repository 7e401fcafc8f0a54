package org.jcontainerd.linux.netlink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.netns.NetworkNamespace;
import org.jcontainerd.linux.sys.NetlinkCalls;

/**
 * An AF_NETLINK socket. It belongs to the network namespace in which it was opened, for ever, so
 * the namespace is entered once (by a thread that then ends) and all later work is done from
 * anywhere. The kernel handles a request inside send(2), which may wait for its RTNL lock: call
 * from a platform thread. Confined to one thread at a time.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/netlink.7.html">netlink(7)</a>
 */
public final class NetlinkSocket implements AutoCloseable {
  /** Kernel dumps come in pieces of at most 32 KiB; single answers are far smaller. */
  private static final int RECEIVE_BUFFER = 64 * 1024;

  /** How often a dump that the kernel calls inconsistent is repeated before it is an error. */
  private static final int DUMP_ATTEMPTS = 20;

  /** An answer is there when send returns; the limit only keeps a lost one from hanging us. */
  private static final int ANSWER_TIMEOUT_SECONDS = 10;

  private static final int NO_ANSWER = -1;

  private final Fd fd;
  private final byte[] buffer = new byte[RECEIVE_BUFFER];
  private int sequence = 1;

  private NetlinkSocket(Fd fd) {
    this.fd = fd;
  }

  /** Opens a socket in the calling thread's network namespace. */
  public static NetlinkSocket open(NetlinkProtocol protocol) throws LinuxException {
    Fd fd = Fd.adopt(NetlinkCalls.socket(protocol.number()), "netlink " + protocol);
    try {
      NetlinkCalls.setOption(fd.number(), NetlinkCalls.NETLINK_EXT_ACK, 1);
      NetlinkCalls.setOption(fd.number(), NetlinkCalls.NETLINK_CAP_ACK, 1);
      NetlinkCalls.setOption(fd.number(), NetlinkCalls.NETLINK_GET_STRICT_CHK, 1);
      NetlinkCalls.setReceiveTimeout(fd.number(), ANSWER_TIMEOUT_SECONDS);
      return new NetlinkSocket(fd);
    } catch (LinuxException | RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /**
   * Opens a socket in another network namespace.
   *
   * @param netns a path of the namespace, as {@code /proc/42/ns/net} or where it is pinned
   * @throws LinuxException ENOENT if there is no such path
   */
  public static NetlinkSocket openIn(Path netns, NetlinkProtocol protocol) throws IOException {
    return NetworkNamespace.call(netns, () -> open(protocol));
  }

  /**
   * Sends requests in one system call and waits until all are done. The kernel handles them in
   * order and goes on after one that failed.
   *
   * @throws LinuxException for the first request that was refused, with the kernel's own words
   */
  public void execute(List<NetlinkRequest> requests) throws IOException {
    if (!requests.isEmpty()) {
      perform(requests, requests.size() - 1, false);
    }
  }

  /**
   * Sends the requests of a transaction: all are done or none. The first and the last are the marks
   * of its beginning and end; the kernel answers for the whole by the mark of the beginning.
   *
   * @throws LinuxException for the first request that was refused, with the kernel's own words
   */
  public void transact(List<NetlinkRequest> marked) throws IOException {
    perform(marked, marked.size() - 2, true);
  }

  private void perform(List<NetlinkRequest> requests, int answered, boolean firstIsWhole)
      throws IOException {
    int first = send(requests, answered);
    LinuxException failure = null;
    for (boolean done = false; !done; ) {
      for (NetlinkMessage message : receive()) {
        int index = message.sequence() - first;
        if (index < 0 || index >= requests.size() || message.type() != NetlinkMessage.ERROR) {
          continue; // left over from an earlier request that gave up
        }
        var ack = Acknowledgement.parse(message);
        if (ack.failed() && failure == null) {
          failure = ack.exception(requests.get(index));
        }
        done |= index == answered || (index == 0 && firstIsWhole);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Sends one request and waits until it is done. */
  public void execute(NetlinkRequest request) throws IOException {
    execute(List.of(request));
  }

  /**
   * Asks for one object.
   *
   * @throws LinuxException the kernel's refusal, ENODEV or ENOENT if there is no such object
   */
  public NetlinkMessage get(NetlinkRequest request) throws IOException {
    int number = send(List.of(request), 0);
    NetlinkMessage answer = null;
    while (true) {
      for (NetlinkMessage message : receive()) {
        if (message.sequence() != number) {
          continue;
        }
        if (message.type() != NetlinkMessage.ERROR) {
          answer = message.detached();
          continue;
        }
        var ack = Acknowledgement.parse(message);
        if (ack.failed()) {
          throw ack.exception(request);
        }
        if (answer == null) {
          throw new NetlinkFormatException(request.what() + ": acknowledged without an answer");
        }
        return answer;
      }
    }
  }

  /**
   * Lists objects. A list that changed while the kernel made it (NLM_F_DUMP_INTR) is thrown away
   * and asked for again, so a returned list is one consistent state.
   *
   * @throws LinuxException EINTR if the list kept changing, else the kernel's refusal
   */
  public List<NetlinkMessage> dump(NetlinkRequest request) throws IOException {
    for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
      var found = new ArrayList<NetlinkMessage>();
      if (dumpOnce(request, found)) {
        return found;
      }
    }
    throw new LinuxException(Errno.EINTR, "netlink", new Acknowledgement.Words(request.what()));
  }

  private boolean dumpOnce(NetlinkRequest request, List<NetlinkMessage> found) throws IOException {
    var flagged =
        new NetlinkRequest(
            request.what(), request.type(), request.flags() | NetlinkRequest.DUMP, request.body());
    int number = send(List.of(flagged), NO_ANSWER);
    boolean consistent = true;
    while (true) {
      for (NetlinkMessage message : receive()) {
        if (message.sequence() != number) {
          continue;
        }
        consistent &= !message.interrupted();
        if (message.type() == NetlinkMessage.ERROR || message.type() == NetlinkMessage.DONE) {
          var end = Acknowledgement.parse(message);
          if (end.failed()) {
            throw end.exception(request);
          }
          if (message.type() == NetlinkMessage.DONE) {
            return consistent;
          }
        } else {
          found.add(message.detached());
        }
      }
    }
  }

  /** Sends all as one datagram; only one asks for an answer, errors are always answered. */
  private int send(List<NetlinkRequest> requests, int answered) throws LinuxException {
    int size = 0;
    for (NetlinkRequest request : requests) {
      size += NetlinkMessage.HEADER + Attributes.aligned(request.body().length);
    }
    int first = sequence;
    var datagram = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    for (int i = 0; i < requests.size(); i++) {
      NetlinkRequest request = requests.get(i);
      int flags = request.flags() | NetlinkRequest.REQUEST;
      datagram
          .putInt(NetlinkMessage.HEADER + request.body().length)
          .putShort((short) request.type())
          .putShort((short) (i == answered ? flags | NetlinkRequest.ACK : flags))
          .putInt(sequence++)
          .putInt(0)
          .put(request.body());
      datagram.position(Attributes.aligned(datagram.position()));
    }
    NetlinkCalls.send(fd.number(), datagram.array());
    return first;
  }

  private List<NetlinkMessage> receive() throws IOException {
    int length = NetlinkCalls.receive(fd.number(), buffer);
    if (length > buffer.length) {
      throw new NetlinkFormatException(
          "netlink datagram of " + length + " bytes, expected at most " + buffer.length);
    }
    return NetlinkMessage.parse(buffer, length);
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
