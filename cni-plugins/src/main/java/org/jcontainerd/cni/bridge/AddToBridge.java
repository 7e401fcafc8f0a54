package org.jcontainerd.cni.bridge;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.cni.CniVerb;
import org.jcontainerd.cni.HostNetwork;
import org.jcontainerd.cni.PluginDirectories;
import org.jcontainerd.cni.SandboxNetwork;
import org.jcontainerd.cni.Sysctl;
import org.jcontainerd.cni.Undo;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.netlink.AddressRequests;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.netlink.Link;
import org.jcontainerd.linux.netlink.LinkRequests;
import org.jcontainerd.linux.netlink.LinkTarget;
import org.jcontainerd.linux.netlink.Links;
import org.jcontainerd.linux.netlink.MacAddress;
import org.jcontainerd.linux.netlink.NetlinkRequest;
import org.jcontainerd.linux.netlink.NetlinkSocket;
import org.jcontainerd.linux.netlink.Route;
import org.jcontainerd.linux.netlink.RouteRequests;
import org.jcontainerd.linux.netlink.VethPair;
import org.jcontainerd.oci.cni.CniAttachment;
import org.jcontainerd.oci.cni.CniDns;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniInterface;
import org.jcontainerd.oci.cni.CniResult;

/** ADD: bridge, addresses, cable, gateway, masquerading. */
final class AddToBridge {
  private static final int NAME_ATTEMPTS = 10;
  private static final int OPER_UP = 6;
  private static final long PORT_LIMIT_NANOS = 2_000_000_000L;
  private static final long PORT_STEP_NANOS = 100_000;

  private final CniRequest request;
  private final BridgeConfig config;
  private final CniAttachment attachment;
  private final SecureRandom random = new SecureRandom();

  AddToBridge(CniRequest request, BridgeConfig config) {
    this.request = request;
    this.config = config;
    this.attachment = new CniAttachment(request.containerId(), request.ifname());
  }

  CniResult run() throws CniFailure {
    try (var sandbox = SandboxNetwork.open(request);
        var host = HostNetwork.open(request.host());
        var undo = new Undo()) {
      var hostBridge = new HostBridge(host, config);
      Link bridge = hostBridge.ensure(random);
      CniResult ipam = config.hasIpam() ? addresses(undo) : nothing();
      BridgePlan plan =
          config.hasIpam()
              ? BridgePlan.of(config, ipam)
              : new BridgePlan(List.of(), List.of(), List.of());
      hostBridge.ensureGateways(bridge, plan.gateways());
      VethPair cable = cable(sandbox, host, bridge, undo);
      masquerade(host, plan, undo);
      try (var inside = sandbox.openRoute(() -> prepare(plan))) {
        configure(inside, plan);
        announce(host, inside, cable, plan);
      }
      CniResult result = result(host, cable, plan, ipam.dns());
      undo.commit();
      return result;
    } catch (IOException e) {
      throw CniFailure.io(
          "add '%s' to bridge '%s'".formatted(request.ifname(), config.bridgeName()), e);
    }
  }

  private CniResult addresses(Undo undo) throws CniFailure {
    var ipam = PluginDirectories.find(config.ipam().type(), request.path());
    // Section 4 wants DEL after a failed ADD too; but a refused second ADD must not free the
    // first's.
    CniResult result = ipam.call(request).orElse(nothing());
    undo.push(() -> {
      var _ = ipam.call(request.with(CniVerb.DEL));
    });
    return result;
  }

  private static CniResult nothing() {
    return new CniResult("", List.of(), List.of(), List.of(), CniDns.NONE);
  }

  private VethPair cable(SandboxNetwork sandbox, HostNetwork host, Link bridge, Undo undo)
      throws IOException, CniFailure {
    MacAddress mac = config.mac(request).orElse(MacAddress.random(random));
    var far = new VethPair.End(request.ifname(), mac);
    for (int attempt = 1; ; attempt++) {
      String name = "veth%08x".formatted(random.nextInt());
      var pair =
          new VethPair(
              new VethPair.End(name, MacAddress.random(random)),
              far,
              sandbox.namespace(),
              config.mtuIfSet(),
              Optional.of(bridge.index()));
      try {
        host.route().execute(LinkRequests.createVeth(pair));
      } catch (LinuxException e) {
        boolean nameTaken =
            e.is(Errno.EEXIST) && Links.find(host.route(), LinkTarget.named(name)).isPresent();
        if (nameTaken && attempt < NAME_ATTEMPTS) {
          continue;
        }
        throw e;
      }
      undo.push(() -> delete(host, name));
      settle(host, name);
      return pair;
    }
  }

  /** What the kernel does not take in the message that makes the cable. */
  private void settle(HostNetwork host, String name) throws IOException, CniFailure {
    host.route()
        .execute(
            LinkRequests.change(LinkTarget.named(name))
                .alias(VethEnds.alias(request.network(), attachment))
                .hairpin(config.hairpinMode())
                .request());
    // A port's router advertisements are the bridge's business; this is for when it is no port.
    host.sysctl("ipv6/conf/" + name + "/accept_ra", "0");
  }

  private static void delete(HostNetwork host, String name) throws CniFailure {
    try {
      host.route().execute(LinkRequests.delete(LinkTarget.named(name)));
    } catch (IOException e) {
      throw CniFailure.io("undo: delete link '" + name + "'", e);
    }
  }

  private void configure(NetlinkSocket inside, BridgePlan plan) throws IOException, CniFailure {
    List<IpPrefix> addresses = plan.addresses();
    LinkTarget name = LinkTarget.named(request.ifname());
    Link link = Links.get(inside, name);
    List<NetlinkRequest> requests = new ArrayList<>();
    for (IpPrefix address : addresses) {
      requests.add(
          AddressRequests.add(
              link.index(), address, Set.of(AddressRequests.Option.NO_DUPLICATE_DETECTION)));
    }
    var change = LinkRequests.change(name).up();
    requests.add((addresses.isEmpty() ? change : change.arpNotify()).request());
    for (Route route : plan.kernelRoutes(link.index())) {
      requests.add(RouteRequests.add(route));
    }
    inside.execute(requests);
  }

  /**
   * Kernel settings of the container's interface. IPv6 may be switched off for new interfaces;
   * addresses shall stay when the link goes down and up, be usable at once, and be announced.
   */
  private void prepare(BridgePlan plan) throws IOException {
    if (plan.ips().stream().allMatch(ip -> ip.address().indexOf(':') < 0)) {
      return;
    }
    String settings = "ipv6/conf/" + request.ifname();
    Sysctl.set("ipv6/conf/lo/disable_ipv6", "0");
    Sysctl.set(settings + "/disable_ipv6", "0");
    Sysctl.set(settings + "/keep_addr_on_down", "1");
    Sysctl.set(settings + "/accept_dad", "0");
    Sysctl.set(settings + "/ndisc_notify", "1");
  }

  private void masquerade(HostNetwork host, BridgePlan plan, Undo undo)
      throws IOException, CniFailure {
    if (!config.ipMasq() || plan.ips().isEmpty()) {
      return;
    }
    var masquerade = new Masquerade(host, request.network());
    masquerade.add(attachment, plan.addresses());
    undo.push(() -> {
      try {
        masquerade.remove(attachment);
      } catch (IOException e) {
        throw CniFailure.io("undo: remove masquerading", e);
      }
    });
  }

  /**
   * Waits until the bridge forwards to the new port, which is when the kernel's link watch has seen
   * the carrier (well below a millisecond later), then lets the container announce its addresses,
   * for neighbours that remember them with an earlier container's hardware address.
   */
  private void announce(HostNetwork host, NetlinkSocket inside, VethPair cable, BridgePlan plan)
      throws IOException, CniFailure {
    LinkTarget port = LinkTarget.named(cable.near().name());
    long deadline = System.nanoTime() + PORT_LIMIT_NANOS;
    while (Links.get(host.route(), port).operState() != OPER_UP) {
      if (System.nanoTime() > deadline) {
        throw CniFailure.of(CniError.INTERNAL, "bridge port " + port + ": does not come up");
      }
      LockSupport.parkNanos(PORT_STEP_NANOS);
    }
    if (!plan.ips().isEmpty()) {
      inside.execute(
          LinkRequests.change(LinkTarget.named(request.ifname())).mac(cable.far().mac()).request());
    }
  }

  private CniResult result(HostNetwork host, VethPair cable, BridgePlan plan, CniDns ipamDns)
      throws IOException, CniFailure {
    Link bridge = Links.get(host.route(), LinkTarget.named(config.bridgeName()));
    return new CniResult(
        request.version().toString(),
        List.of(
            CniInterface.of(bridge.name(), bridge.mac().map(MacAddress::toString).orElse(""), ""),
            CniInterface.of(cable.near().name(), cable.near().mac().toString(), ""),
            CniInterface.of(
                request.ifname(),
                cable.far().mac().toString(),
                request.netns().orElseThrow().toString())),
        plan.ips(),
        plan.routes(),
        config.dns().isEmpty() ? ipamDns : config.dns());
  }
}
