package org.jcontainerd.cni.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.netlink.IpText;
import org.jcontainerd.linux.netlink.Route;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniIp;
import org.jcontainerd.oci.cni.CniResult;
import org.jcontainerd.oci.cni.CniRoute;

/**
 * What follows from the addresses that the IPAM plugin gave. Immutable.
 *
 * @param ips addresses of the container's interface, with gateways filled in
 * @param routes routes of the container, with a default route if that is configured
 * @param gateways addresses that the bridge must have
 */
record BridgePlan(List<CniIp> ips, List<CniRoute> routes, List<IpPrefix> gateways) {
  /** The container's interface in the list of the result: behind bridge and host end. */
  static final int CONTAINER_INTERFACE = 2;

  static BridgePlan of(BridgeConfig config, CniResult ipam) throws CniFailure {
    if (ipam.ips().isEmpty()) {
      throw CniFailure.of(
          CniError.INTERNAL, "IPAM plugin '" + config.ipam().type() + "': gave no address");
    }
    List<CniIp> ips = new ArrayList<>();
    List<CniRoute> routes = new ArrayList<>(ipam.routes());
    List<IpPrefix> gateways = new ArrayList<>();
    for (CniIp given : ipam.ips()) {
      IpPrefix address = parse(given.address());
      CniIp ip = given.on(CONTAINER_INTERFACE);
      if (ip.gateway().isEmpty() && config.gateway()) {
        ip = ip.via(IpText.format(IpPrefix.step(address.network().address(), 1)));
      }
      if (config.isDefaultGateway() && !hasDefaultRoute(routes, address.ipv4())) {
        String everything = IpPrefix.everything(address.ipv4()).toString();
        routes.add(CniRoute.of(everything, ip.gateway()));
      }
      if (config.gateway()) {
        gateways.add(new IpPrefix(IpText.parse(ip.gateway()), address.length()));
      }
      ips.add(ip);
    }
    return new BridgePlan(List.copyOf(ips), List.copyOf(routes), List.copyOf(gateways));
  }

  private static boolean hasDefaultRoute(List<CniRoute> routes, boolean ipv4) {
    String everything = IpPrefix.everything(ipv4).toString();
    return routes.stream().anyMatch(r -> r.dst().equals(everything) && !r.gw().isEmpty());
  }

  /** The addresses of the container. */
  List<IpPrefix> addresses() throws CniFailure {
    List<IpPrefix> addresses = new ArrayList<>();
    for (CniIp ip : ips) {
      addresses.add(parse(ip.address()));
    }
    return addresses;
  }

  /** The routes of the container's kernel, out of its interface. */
  List<Route> kernelRoutes(int link) throws CniFailure {
    List<Route> all = new ArrayList<>();
    for (CniRoute route : routes) {
      IpPrefix destination = parse(route.dst());
      Optional<String> gateway =
          route.gw().isEmpty() ? firstGateway(destination.ipv4()) : Optional.of(route.gw());
      all.add(
          new Route(
              destination,
              gateway.map(IpText::parse),
              link,
              route.table().orElse(Route.TABLE_MAIN),
              route.scope(),
              route.priority(),
              route.mtu(),
              route.advmss()));
    }
    return all;
  }

  private Optional<String> firstGateway(boolean ipv4) {
    return ips.stream()
        .map(CniIp::gateway)
        .filter(g -> !g.isEmpty() && g.indexOf(':') < 0 == ipv4)
        .findFirst();
  }

  static IpPrefix parse(String address) throws CniFailure {
    try {
      return IpPrefix.parse(address);
    } catch (IllegalArgumentException e) {
      throw CniFailure.of(CniError.INTERNAL, "IPAM result: " + e.getMessage());
    }
  }
}
