package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.netlink.Address;
import org.jcontainerd.linux.netlink.AddressRequests;
import org.jcontainerd.linux.netlink.Addresses;
import org.jcontainerd.linux.netlink.Link;
import org.jcontainerd.linux.netlink.LinkChange;
import org.jcontainerd.linux.netlink.LinkRequests;
import org.jcontainerd.linux.netlink.LinkTarget;
import org.jcontainerd.linux.netlink.Links;
import org.jcontainerd.linux.netlink.NetlinkProtocol;
import org.jcontainerd.linux.netlink.NetlinkSocket;
import org.jcontainerd.oci.runtime.NetDevice;

/**
 * Moves interfaces of the host into a container's network namespace (config-linux.md, "Network
 * Devices"). They are never taken back: with the namespace the kernel gives hardware to the host
 * and removes the others. Confined to one thread.
 */
final class NetworkDevices {
  private final NetlinkSocket host;
  private final NetlinkSocket container;
  private final Fd namespace;

  private NetworkDevices(NetlinkSocket host, NetlinkSocket container, Fd namespace) {
    this.host = host;
    this.container = container;
    this.namespace = namespace;
  }

  /**
   * Moves all of them: all are looked at before the first is touched.
   *
   * @param devices by their name on the host
   * @param pid a process in the container's network namespace
   */
  static void move(Map<String, NetDevice> devices, int pid) throws IOException, RuncFailure {
    Path netns = Path.of("/proc", Integer.toString(pid), "ns/net");
    try (NetlinkSocket host = NetlinkSocket.open(NetlinkProtocol.ROUTE);
        NetlinkSocket container = NetlinkSocket.openIn(netns, NetlinkProtocol.ROUTE);
        Fd namespace = HostFile.reading(netns)) {
      var moves = new NetworkDevices(host, container, namespace);
      moves.check(devices);
      for (var device : devices.entrySet()) {
        moves.move(device.getKey(), name(device));
      }
    }
  }

  private static String name(Map.Entry<String, NetDevice> device) {
    return device.getValue().name().isEmpty() ? device.getKey() : device.getValue().name();
  }

  private void check(Map<String, NetDevice> devices) throws IOException, RuncFailure {
    Set<String> taken =
        Links.list(container).stream()
            .map(Link::name)
            .collect(Collectors.toCollection(HashSet::new));
    for (var device : devices.entrySet()) {
      String field = "linux.netDevices['" + device.getKey() + "']";
      if (Links.find(host, LinkTarget.named(device.getKey())).isEmpty()) {
        throw new RuncFailure.InvalidArgument(field, "the host has no such interface");
      }
      if (!taken.add(name(device)) && !name(device).contains("%d")) {
        throw new RuncFailure.InvalidArgument(
            field, "the container has an interface '" + name(device) + "' already");
      }
    }
  }

  private void move(String from, String to) throws IOException {
    Link link = Links.get(host, LinkTarget.named(from));
    List<Address> kept =
        Addresses.of(host, link.index()).stream()
            .filter(address -> address.permanent() && address.global())
            .toList();
    Set<Integer> before = indices();
    // Down first: nothing is to be sent with an old address or by an old name.
    host.execute(LinkRequests.change(LinkTarget.indexed(link.index())).down().request());
    LinkChange change = LinkRequests.change(LinkTarget.indexed(link.index())).netns(namespace);
    host.execute(to.equals(from) ? change.request() : change.rename(to).request());
    int index = arrived(before, from);
    for (Address address : kept) {
      container.execute(AddressRequests.add(index, address.prefix(), Set.of()));
    }
    container.execute(LinkRequests.change(LinkTarget.indexed(index)).up().request());
  }

  private Set<Integer> indices() throws IOException {
    return Links.list(container).stream().map(Link::index).collect(Collectors.toSet());
  }

  /** The kernel may have chosen another name and number. */
  private int arrived(Set<Integer> before, String name) throws IOException {
    Optional<Integer> index =
        indices().stream().filter(candidate -> !before.contains(candidate)).findFirst();
    return index.orElseThrow(
        () -> new IOException("interface '" + name + "' is not in the container after its move"));
  }
}
