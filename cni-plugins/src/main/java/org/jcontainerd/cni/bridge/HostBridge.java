package org.jcontainerd.cni.bridge;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.HostNetwork;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.netlink.Address;
import org.jcontainerd.linux.netlink.AddressRequests;
import org.jcontainerd.linux.netlink.Addresses;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.netlink.Link;
import org.jcontainerd.linux.netlink.LinkRequests;
import org.jcontainerd.linux.netlink.LinkTarget;
import org.jcontainerd.linux.netlink.Links;
import org.jcontainerd.linux.netlink.MacAddress;
import org.jcontainerd.linux.netlink.NetlinkRequest;
import org.jcontainerd.oci.cni.CniError;

/** The bridge on the host: made by the first container, shared by all, never removed. */
final class HostBridge {
  private final HostNetwork host;
  private final BridgeConfig config;

  HostBridge(HostNetwork host, BridgeConfig config) {
    this.host = host;
    this.config = config;
  }

  /** Makes the bridge or finds it, up and as configured. */
  Link ensure(SecureRandom random) throws IOException, CniFailure {
    LinkTarget name = LinkTarget.named(config.bridgeName());
    Optional<Link> found = Links.find(host.route(), name);
    Link bridge = found.isPresent() ? found.get() : create(random);
    if (!bridge.kind().equals("bridge")) {
      throw CniFailure.of(
          CniError.INTERNAL, "'%s' exists and is no bridge".formatted(config.bridgeName()));
    }
    if (config.promiscMode() && !bridge.promiscuous()) {
      host.route().execute(LinkRequests.change(name).promiscuous(true).request());
    }
    if (!bridge.up()) {
      // Router advertisements of a container must not change the host's routes (CVE-2020-10749).
      host.sysctl("ipv6/conf/" + config.bridgeName() + "/accept_ra", "0");
      // Nobody else has the bridge's own link-local address; until it is settled (one to two
      // seconds)
      // the host could not ask for its containers' hardware addresses.
      host.sysctl("ipv6/conf/" + config.bridgeName() + "/accept_dad", "0");
      host.route().execute(LinkRequests.change(name).up().request());
    }
    return bridge;
  }

  /**
   * The address of the bridge is set, not left to the kernel, which would take its lowest port's
   * and change it as containers come and go.
   */
  private Link create(SecureRandom random) throws IOException {
    String name = config.bridgeName();
    try {
      host.route()
          .execute(
              LinkRequests.createBridge(
                  name, config.mtuIfSet(), Optional.of(MacAddress.random(random))));
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) { // another container's ADD was faster
        throw e;
      }
    }
    return Links.get(host.route(), LinkTarget.named(name));
  }

  /** Gives the bridge the gateway addresses and makes the host forward. */
  void ensureGateways(Link bridge, List<IpPrefix> gateways) throws IOException, CniFailure {
    if (gateways.isEmpty()) {
      return;
    }
    List<IpPrefix> present =
        Addresses.of(host.route(), bridge.index()).stream().map(Address::prefix).toList();
    for (IpPrefix gateway : gateways) {
      if (!present.contains(gateway)) {
        addGateway(bridge, gateway, present);
      }
      host.sysctl(gateway.ipv4() ? "ipv4/ip_forward" : "ipv6/conf/all/forwarding", "1");
    }
  }

  private void addGateway(Link bridge, IpPrefix gateway, List<IpPrefix> present)
      throws IOException, CniFailure {
    List<NetlinkRequest> requests = new ArrayList<>();
    for (IpPrefix other : present) {
      if (!conflict(gateway, other)) {
        continue;
      }
      if (!config.forceAddress()) {
        throw CniFailure.of(
            CniError.INTERNAL,
            "bridge '%s' has the address '%s', which is not '%s'; forceAddress would replace it"
                .formatted(bridge.name(), other, gateway));
      }
      requests.add(AddressRequests.delete(bridge.index(), other));
    }
    requests.add(
        AddressRequests.add(
            bridge.index(), gateway, Set.of(AddressRequests.Option.NO_DUPLICATE_DETECTION)));
    bridge
        .mac() // a bridge made by hand: from now on its address stays
        .ifPresent(mac ->
            requests.add(
                LinkRequests.change(LinkTarget.indexed(bridge.index())).mac(mac).request()));
    try {
      host.route().execute(requests);
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) { // another container's ADD was faster
        throw e;
      }
    }
  }

  /** One IPv4 address per bridge; several IPv6 addresses if their subnets do not overlap. */
  private static boolean conflict(IpPrefix wanted, IpPrefix present) {
    if (wanted.ipv4() != present.ipv4()) {
      return false;
    }
    return wanted.ipv4()
        || present.contains(wanted.address())
        || wanted.contains(present.address());
  }
}
