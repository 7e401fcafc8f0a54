package org.jcontainerd.cni;

import java.io.IOException;
import org.jcontainerd.linux.netlink.NetlinkSocket;
import org.jcontainerd.linux.netns.NetworkNamespace;
import org.jcontainerd.linux.nftables.Nftables;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of the network during one call: links, packet rules and settings of the namespace
 * that the request names. Its sockets are borrowed from the {@link CniHost}. Confined to one
 * thread.
 */
public final class HostNetwork implements AutoCloseable {
  private final CniHost host;
  private final NetlinkSocket route;
  private @Nullable Nftables tables;

  private HostNetwork(CniHost host, NetlinkSocket route) {
    this.host = host;
    this.route = route;
  }

  /** Opens the host's side. */
  public static HostNetwork open(CniHost host) throws IOException {
    return new HostNetwork(host, host.takeRoute());
  }

  /** Links, addresses, routes. */
  public NetlinkSocket route() {
    return route;
  }

  /** Packet rules. */
  public Nftables tables() throws IOException {
    if (tables == null) {
      tables = host.takeTables();
    }
    return tables;
  }

  /** Sets a kernel setting of the host, see {@link Sysctl#set}. */
  public void sysctl(String name, String value) throws IOException {
    if (host.netns().isEmpty()) {
      Sysctl.set(name, value);
      return;
    }
    var _ =
        NetworkNamespace.call(
            host.netns().get(),
            () -> {
              Sysctl.set(name, value);
              return name;
            });
  }

  @Override
  public void close() {
    host.giveBack(route);
    if (tables != null) {
      host.giveBack(tables);
    }
  }
}
