package org.jcontainerd.cni;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.linux.netlink.NetlinkProtocol;
import org.jcontainerd.linux.netlink.NetlinkSocket;
import org.jcontainerd.linux.netns.NetworkNamespace;
import org.jcontainerd.linux.nftables.Nftables;

/**
 * The host's side of the network during one call: links and settings of the namespace that the
 * request names. Confined to one thread.
 */
public final class HostNetwork implements AutoCloseable {
  private final Optional<Path> netns;
  private final NetlinkSocket route;

  private HostNetwork(Optional<Path> netns, NetlinkSocket route) {
    this.netns = netns;
    this.route = route;
  }

  /** Opens the host's side. */
  public static HostNetwork open(CniHost host) throws IOException {
    return new HostNetwork(
        host.netns(),
        host.netns().isPresent()
            ? NetlinkSocket.openIn(host.netns().get(), NetlinkProtocol.ROUTE)
            : NetlinkSocket.open(NetlinkProtocol.ROUTE));
  }

  /** Opens the host's nf_tables; the caller closes them. */
  public static Nftables nftables(CniHost host) throws IOException {
    return host.netns().isPresent() ? Nftables.openIn(host.netns().get()) : Nftables.open();
  }

  /** Links, addresses, routes. */
  public NetlinkSocket route() {
    return route;
  }

  /** Sets a kernel setting of the host, see {@link Sysctl#set}. */
  public void sysctl(String name, String value) throws IOException {
    if (netns.isEmpty()) {
      Sysctl.set(name, value);
      return;
    }
    var _ =
        NetworkNamespace.call(
            netns.get(),
            () -> {
              Sysctl.set(name, value);
              return name;
            });
  }

  @Override
  public void close() {
    route.close();
  }
}
