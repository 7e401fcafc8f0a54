package org.jcontainerd.cni.portmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniHost;
import org.jcontainerd.cni.CniPlugin;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.cni.HostNetwork;
import org.jcontainerd.cni.SharedTable;
import org.jcontainerd.cni.Undo;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.netlink.LinkRequests;
import org.jcontainerd.linux.netlink.LinkTarget;
import org.jcontainerd.linux.netlink.Routes;
import org.jcontainerd.linux.nftables.NftFamily;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniInterface;
import org.jcontainerd.oci.cni.CniIp;
import org.jcontainerd.oci.cni.CniResult;

/**
 * Leads ports of the host to the container, by nf_tables; a chained plugin. GC finds no rule here:
 * rules know their container, not its network, and the table is shared by all networks; the runtime
 * calls DEL for what is on record. GC only removes tables that nobody uses.
 */
public final class PortmapPlugin implements CniPlugin {
  private static final int UDP = 17;

  @Override
  public CniResult add(CniRequest request) throws CniFailure {
    PortmapConfig config = PortmapConfig.of(request);
    CniResult previous = previous(request);
    if (config.mappings().isEmpty()) {
      return previous;
    }
    try (var host = HostNetwork.open(request.host());
        var undo = new Undo()) {
      for (IpPrefix container : addresses(previous, request.ifname())) {
        var rules = new HostPortRules(container.ipv4(), request.containerId());
        undo.push(() -> remove(host, rules));
        rules.add(host.tables(), config, container);
        forgetConnections(host, config, rules, container);
        if (config.sourceNat() && container.ipv4()) {
          routeLocalnet(host, container);
        }
      }
      undo.commit();
      return previous;
    } catch (IOException e) {
      throw CniFailure.io("map ports to '" + request.containerId() + "'", e);
    }
  }

  /** A known UDP "connection" would go on to whoever had the port before. */
  private static void forgetConnections(
      HostNetwork host, PortmapConfig config, HostPortRules rules, IpPrefix container)
      throws IOException, CniFailure {
    for (PortmapConfig.Mapping mapping : rules.mappings(config)) {
      if (mapping.protocolNumber() == UDP) {
        host.tables()
            .forgetConnections(
                container.ipv4() ? NftFamily.IP : NftFamily.IP6, UDP, mapping.hostPort());
      }
    }
  }

  /**
   * Packets from 127.0.0.1 may leave by the link to the container; the kernel drops them otherwise.
   */
  private static void routeLocalnet(HostNetwork host, IpPrefix container) throws IOException {
    int link = Routes.to(host.route(), container.address()).link();
    host.route().execute(LinkRequests.change(LinkTarget.indexed(link)).routeLocalnet().request());
  }

  private static void remove(HostNetwork host, HostPortRules rules) throws CniFailure {
    try {
      rules.remove(host.tables());
    } catch (IOException e) {
      throw CniFailure.io("remove rules of host ports", e);
    }
  }

  @Override
  public void del(CniRequest request) throws CniFailure {
    if (request.config(PortmapConfig.class).mappings().isEmpty()) {
      return;
    }
    try (var host = HostNetwork.open(request.host())) {
      List<Undo.Step> steps = new ArrayList<>();
      for (boolean ipv4 : new boolean[] {true, false}) {
        steps.add(() -> remove(host, new HostPortRules(ipv4, request.containerId())));
      }
      if (!request.sandboxEnds()) {
        steps.add(() -> removeUnusedTables(host));
      }
      Undo.attempt(steps);
    } catch (IOException e) {
      throw CniFailure.io("unmap ports of '" + request.containerId() + "'", e);
    }
  }

  /** Removes the tables of host ports if no container has any, see {@link SharedTable}. */
  public static void removeUnusedTables(CniHost host) throws CniFailure {
    try (var network = HostNetwork.open(host)) {
      removeUnusedTables(network);
    } catch (IOException e) {
      throw CniFailure.io("look for unused tables of host ports", e);
    }
  }

  private static void removeUnusedTables(HostNetwork host) throws CniFailure {
    try {
      for (SharedTable shared : HostPortRules.SHARED) {
        shared.removeIfUnused(host.tables());
      }
    } catch (IOException e) {
      throw CniFailure.io("remove unused tables of host ports", e);
    }
  }

  @Override
  public void check(CniRequest request) throws CniFailure {
    PortmapConfig config = PortmapConfig.of(request);
    CniResult previous = previous(request);
    if (config.mappings().isEmpty()) {
      return;
    }
    try (var host = HostNetwork.open(request.host())) {
      for (IpPrefix container : addresses(previous, request.ifname())) {
        var rules = new HostPortRules(container.ipv4(), request.containerId());
        String missing = rules.missing(host.tables(), config);
        if (!missing.isEmpty()) {
          throw CniFailure.of(CniError.INTERNAL, "host ports: missing " + missing);
        }
      }
    } catch (IOException e) {
      throw CniFailure.io("check host ports of '" + request.containerId() + "'", e);
    }
  }

  @Override
  public void gc(CniRequest request) throws CniFailure {
    removeUnusedTables(request.host());
  }

  @Override
  public void status(CniRequest request) throws CniFailure {
    var _ = PortmapConfig.of(request);
  }

  private static CniResult previous(CniRequest request) throws CniFailure {
    return request
        .previous()
        .orElseThrow(() -> CniFailure.config("no prevResult: must be called as chained plugin"));
  }

  /** The container's address, at most one of each family. */
  private static List<IpPrefix> addresses(CniResult previous, String ifname) throws CniFailure {
    List<IpPrefix> found = new ArrayList<>();
    for (CniIp ip : previous.ips()) {
      Optional<CniInterface> on =
          ip.interfaceIndex()
              .filter(i -> i >= 0 && i < previous.interfaces().size())
              .map(i -> previous.interfaces().get(i));
      if (on.isPresent() && (!on.get().name().equals(ifname) || on.get().sandbox().isEmpty())) {
        continue; // an address of the host
      }
      IpPrefix address;
      try {
        address = IpPrefix.parse(ip.address());
      } catch (IllegalArgumentException e) {
        throw CniFailure.of(CniError.DECODING_FAILURE, "prevResult: " + e.getMessage());
      }
      if (found.stream().noneMatch(f -> f.ipv4() == address.ipv4())) {
        found.add(address);
      }
    }
    return found;
  }
}
