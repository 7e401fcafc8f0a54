package org.jcontainerd.cni;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jcontainerd.linux.netlink.NetlinkProtocol;
import org.jcontainerd.linux.netlink.NetlinkSocket;
import org.jcontainerd.linux.nftables.Nftables;

/**
 * The side of attachments that is not the sandbox: the host's network namespace, and sockets that
 * belong to it. Sockets are kept for the next call: closing one after rules were deleted makes the
 * kernel wait for a grace period (nf_tables flushes its destroy work, some 15 ms), and nothing is
 * gained by it. Thread-safe; the owner closes it when no call is running.
 */
public final class CniHost implements AutoCloseable {
  /** So many sockets of each kind are kept; more are only open while as many calls run at once. */
  private static final int KEPT = 8;

  private final Optional<Path> netns;
  private final Deque<NetlinkSocket> idleRoutes = new ConcurrentLinkedDeque<>();
  private final Deque<Nftables> idleTables = new ConcurrentLinkedDeque<>();

  /**
   * @param netns the host's network namespace; empty is that of the calling thread, as for every
   *     plugin that is a program
   */
  public CniHost(Optional<Path> netns) {
    this.netns = netns;
  }

  /** The host's namespace; empty is the calling thread's. */
  public Optional<Path> netns() {
    return netns;
  }

  NetlinkSocket takeRoute() throws IOException {
    NetlinkSocket idle = idleRoutes.poll();
    if (idle != null) {
      return idle;
    }
    return netns.isPresent()
        ? NetlinkSocket.openIn(netns.get(), NetlinkProtocol.ROUTE)
        : NetlinkSocket.open(NetlinkProtocol.ROUTE);
  }

  void giveBack(NetlinkSocket socket) {
    if (idleRoutes.size() < KEPT) {
      idleRoutes.push(socket);
    } else {
      socket.close();
    }
  }

  Nftables takeTables() throws IOException {
    Nftables idle = idleTables.poll();
    if (idle != null) {
      return idle;
    }
    return netns.isPresent() ? Nftables.openIn(netns.get()) : Nftables.open();
  }

  void giveBack(Nftables tables) {
    if (idleTables.size() < KEPT) {
      idleTables.push(tables);
    } else {
      tables.close();
    }
  }

  @Override
  public void close() {
    for (NetlinkSocket s = idleRoutes.poll(); s != null; s = idleRoutes.poll()) {
      s.close();
    }
    for (Nftables t = idleTables.poll(); t != null; t = idleTables.poll()) {
      t.close();
    }
  }
}
