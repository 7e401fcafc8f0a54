package org.jcontainerd.cni.bridge;

import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.cni.HostNetwork;
import org.jcontainerd.cni.PluginDirectories;
import org.jcontainerd.cni.SandboxNetwork;
import org.jcontainerd.linux.netlink.Address;
import org.jcontainerd.linux.netlink.Addresses;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.netlink.Link;
import org.jcontainerd.linux.netlink.LinkTarget;
import org.jcontainerd.linux.netlink.Links;
import org.jcontainerd.linux.netlink.NetlinkSocket;
import org.jcontainerd.linux.netlink.Route;
import org.jcontainerd.linux.netlink.Routes;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniInterface;
import org.jcontainerd.oci.cni.CniIp;
import org.jcontainerd.oci.cni.CniResult;
import org.jcontainerd.oci.cni.CniRoute;

/** CHECK: bridge, both ends of the cable, addresses and routes as the result of ADD says. */
final class CheckBridge {
  private final CniRequest request;
  private final BridgeConfig config;

  CheckBridge(CniRequest request, BridgeConfig config) {
    this.request = request;
    this.config = config;
  }

  void run() throws CniFailure {
    if (config.hasIpam()) {
      var _ = PluginDirectories.find(config.ipam().type(), request.path()).call(request);
    }
    CniResult previous =
        request.previous().orElseThrow(() -> CniFailure.config("required prevResult missing"));
    String sandboxPath = request.netns().orElseThrow().toString();
    CniInterface expected =
        previous
            .find(request.ifname(), sandboxPath)
            .orElseThrow(
                () -> wrong("'%s' in '%s': not in prevResult", request.ifname(), sandboxPath));
    try (var sandbox = SandboxNetwork.open(request);
        var inside = sandbox.openRoute();
        var host = HostNetwork.open(request.host())) {
      Link bridge = bridge(host, previous);
      Link far = farEnd(inside, expected);
      nearEnd(host, bridge, far);
      addresses(inside, far, previous);
      routes(inside, previous.routes());
    } catch (IOException e) {
      throw CniFailure.io("check '" + request.ifname() + "'", e);
    }
  }

  private Link bridge(HostNetwork host, CniResult previous) throws IOException, CniFailure {
    Link bridge =
        Links.find(host.route(), LinkTarget.named(config.bridgeName()))
            .filter(l -> l.kind().equals("bridge"))
            .orElseThrow(() -> wrong("bridge '%s': not there", config.bridgeName()));
    Optional<CniInterface> expected = previous.find(config.bridgeName(), "");
    if (expected.isPresent()) {
      requireMac(bridge, expected.get());
    }
    if (config.promiscMode() != bridge.promiscuous()) {
      throw wrong("bridge '%s': promiscuous is %s", bridge.name(), bridge.promiscuous());
    }
    return bridge;
  }

  private static Link farEnd(NetlinkSocket inside, CniInterface expected)
      throws IOException, CniFailure {
    Link far =
        Links.find(inside, LinkTarget.named(expected.name()))
            .orElseThrow(() -> wrong("'%s': not in the sandbox", expected.name()));
    if (!far.kind().equals("veth")) {
      throw wrong("'%s': is a %s, expected veth", far.name(), far.kind());
    }
    if (!far.up()) {
      throw wrong("'%s': is down", far.name());
    }
    requireMac(far, expected);
    return far;
  }

  private static void nearEnd(HostNetwork host, Link bridge, Link far)
      throws IOException, CniFailure {
    Link near =
        far.peer().isPresent()
            ? Links.find(host.route(), LinkTarget.indexed(far.peer().get())).orElse(null)
            : null;
    if (near == null || !near.peer().equals(Optional.of(far.index()))) {
      throw wrong("the host's end of '%s': not there", far.name());
    }
    if (!near.master().equals(Optional.of(bridge.index()))) {
      throw wrong("'%s': is no port of bridge '%s'", near.name(), bridge.name());
    }
    if (!near.up()) {
      throw wrong("'%s': is down", near.name());
    }
  }

  private static void addresses(NetlinkSocket inside, Link far, CniResult previous)
      throws IOException, CniFailure {
    List<IpPrefix> present =
        Addresses.of(inside, far.index()).stream().map(Address::prefix).toList();
    for (CniIp ip : previous.ips()) {
      if (ip.interfaceIndex().isPresent()
          && !previous.interfaces().get(ip.interfaceIndex().get()).name().equals(far.name())) {
        continue;
      }
      if (!present.contains(BridgePlan.parse(ip.address()))) {
        throw wrong("'%s': lacks the address '%s'", far.name(), ip.address());
      }
    }
  }

  private static void routes(NetlinkSocket inside, List<CniRoute> expected)
      throws IOException, CniFailure {
    for (CniRoute route : expected) {
      IpPrefix destination = BridgePlan.parse(route.dst()).network();
      List<Route> present = Routes.list(inside, route.table().orElse(Route.TABLE_MAIN));
      if (present.stream().noneMatch(r -> r.destination().equals(destination))) {
        throw wrong("route to '%s': not there", route.dst());
      }
    }
  }

  private static void requireMac(Link link, CniInterface expected) throws CniFailure {
    String mac = link.mac().map(Object::toString).orElse("");
    if (!expected.mac().isEmpty() && !expected.mac().equals(mac)) {
      throw wrong(
          "'%s': has the hardware address %s, expected %s", link.name(), mac, expected.mac());
    }
  }

  @FormatMethod
  private static CniFailure wrong(String format, Object... values) {
    return CniFailure.of(CniError.INTERNAL, format.formatted(values));
  }
}
