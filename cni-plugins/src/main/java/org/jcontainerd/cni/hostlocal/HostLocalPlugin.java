package org.jcontainerd.cni.hostlocal;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniPlugin;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.cni.CniVerb;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.oci.cni.CniAttachment;
import org.jcontainerd.oci.cni.CniDns;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniIp;
import org.jcontainerd.oci.cni.CniResult;
import org.jcontainerd.oci.cni.CniRoute;

/**
 * Gives out addresses of this host's ranges, kept in files; see {@link Reservations} for the
 * layout. STATUS does not fail when all addresses are given out, although the specification allows
 * it: the kubelet would take the whole node, with all its healthy pods, for not ready.
 */
public final class HostLocalPlugin implements CniPlugin {
  private static final Path DATA = Path.of("/var/lib/cni/networks");

  @Override
  public CniResult add(CniRequest request) throws CniFailure {
    var config = HostLocalConfig.of(request);
    List<RangeSet> sets = config.rangeSets();
    Set<InetAddress> requested = config.requested(request);
    try (Reservations reservations = open(config, request)) {
      String resolvConf = config.ipam().resolvConf();
      CniDns dns = resolvConf.isEmpty() ? CniDns.NONE : ResolvConf.read(Path.of(resolvConf));
      List<CniIp> ips =
          new Allocation(reservations, request.containerId(), request.ifname())
              .allocate(sets, requested);
      String version = request.version().toString();
      return new CniResult(version, List.of(), ips, routes(config), dns);
    } catch (IOException e) {
      throw CniFailure.io("allocate an address of network '" + config.name() + "'", e);
    }
  }

  private static List<CniRoute> routes(HostLocalConfig config) throws CniFailure {
    for (CniRoute route : config.ipam().routes()) {
      try {
        var _ = IpPrefix.parse(route.dst());
      } catch (IllegalArgumentException e) {
        throw CniFailure.config("route: " + e.getMessage());
      }
    }
    return config.ipam().routes();
  }

  @Override
  public void del(CniRequest request) throws CniFailure {
    var config = HostLocalConfig.of(request);
    String holder = Reservations.holder(request.containerId(), request.ifname());
    try (Reservations reservations = open(config, request)) {
      int released = releaseKnown(reservations, request, holder);
      if (released == 0) {
        releaseAll(reservations, Set.of(holder, request.containerId().strip()));
      }
    } catch (IOException e) {
      throw CniFailure.io("release the addresses of network '" + config.name() + "'", e);
    }
  }

  /** Frees the addresses that the result of ADD names, without reading every reservation. */
  private static int releaseKnown(Reservations reservations, CniRequest request, String holder)
      throws IOException, CniFailure {
    List<CniIp> ips = request.previous().map(CniResult::ips).orElse(List.of());
    List<InetAddress> ours = new ArrayList<>();
    for (CniIp ip : ips) {
      InetAddress address;
      try {
        address = IpPrefix.parse(ip.address()).address();
      } catch (IllegalArgumentException e) {
        return 0; // a result that nobody understands: look everywhere
      }
      if (!reservations.holder(address).equals(java.util.Optional.of(holder))) {
        return 0;
      }
      ours.add(address);
    }
    for (InetAddress address : ours) {
      reservations.release(address);
    }
    return ours.size();
  }

  private static void releaseAll(Reservations reservations, Set<String> holders)
      throws IOException {
    for (Map.Entry<InetAddress, String> entry : reservations.all().entrySet()) {
      if (holders.contains(entry.getValue())) {
        reservations.release(entry.getKey());
      }
    }
  }

  @Override
  public void check(CniRequest request) throws CniFailure {
    var config = HostLocalConfig.of(request);
    String id = request.containerId();
    try (Reservations reservations = open(config, request)) {
      var holders = reservations.all().values();
      if (!holders.contains(Reservations.holder(id, request.ifname())) && !holders.contains(id)) {
        throw CniFailure.of(CniError.INTERNAL, "no address is reserved for container '" + id + "'");
      }
    } catch (IOException e) {
      throw CniFailure.io("check the addresses of network '" + config.name() + "'", e);
    }
  }

  @Override
  public void gc(CniRequest request) throws CniFailure {
    var config = HostLocalConfig.of(request);
    List<CniAttachment> valid = request.validAttachments();
    Set<String> holders =
        valid.stream()
            .map(a -> Reservations.holder(a.containerID(), a.ifname()))
            .collect(Collectors.toSet());
    valid.forEach(a -> holders.add(a.containerID())); // written by old versions of the reference
    try (Reservations reservations = open(config, request)) {
      for (Map.Entry<InetAddress, String> entry : reservations.all().entrySet()) {
        if (!holders.contains(entry.getValue())) {
          reservations.release(entry.getKey());
        }
      }
    } catch (IOException e) {
      throw CniFailure.io("collect the addresses of network '" + config.name() + "'", e);
    }
  }

  @Override
  public void status(CniRequest request) throws CniFailure {
    var config = HostLocalConfig.of(request);
    var _ = config.rangeSets();
    try {
      open(config, request.with(CniVerb.STATUS)).close();
    } catch (IOException e) {
      var failure =
          CniFailure.of(
              CniError.PLUGIN_NOT_AVAILABLE,
              "reservations of network '" + config.name() + "': " + e);
      failure.initCause(e);
      throw failure;
    }
  }

  private static Reservations open(HostLocalConfig config, CniRequest request)
      throws IOException, CniFailure {
    String dir = config.ipam().dataDir();
    return Reservations.open((dir.isEmpty() ? DATA : Path.of(dir)).resolve(request.network()));
  }
}
