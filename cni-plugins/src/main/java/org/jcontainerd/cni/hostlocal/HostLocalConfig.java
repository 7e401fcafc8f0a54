package org.jcontainerd.cni.hostlocal;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.linux.netlink.IpText;
import org.jcontainerd.oci.cni.CniRoute;

/** The keys of a network's configuration that this plugin reads; others are for other plugins. */
record HostLocalConfig(String name, Ipam ipam, RuntimeConfig runtimeConfig, Args args) {
  /** The key {@code ipam}; the first four after the type are the old form with one range. */
  record Ipam(
      String type,
      String subnet,
      String rangeStart,
      String rangeEnd,
      String gateway,
      List<List<RangeKeys>> ranges,
      List<CniRoute> routes,
      String dataDir,
      String resolvConf) {}

  /** One range as it is configured. */
  record RangeKeys(String subnet, String rangeStart, String rangeEnd, String gateway) {}

  /** What the runtime adds for this attachment. */
  record RuntimeConfig(List<List<RangeKeys>> ipRanges, List<String> ips) {}

  /** {@code args.cni}, the older way of saying it. */
  record Args(Cni cni) {}

  /** See {@link Args}. */
  record Cni(List<String> ips) {}

  static HostLocalConfig of(CniRequest request) throws CniFailure {
    var config = request.config(HostLocalConfig.class);
    if (request.config().get("ipam").isEmpty()) {
      throw CniFailure.config("no 'ipam' key");
    }
    return config;
  }

  /**
   * The range sets, each of which gives one address: the runtime's, then the old form, then the
   * list.
   */
  List<RangeSet> rangeSets() throws CniFailure {
    List<List<RangeKeys>> all = new ArrayList<>(runtimeConfig.ipRanges());
    if (!ipam.subnet().isEmpty()) {
      all.add(
          List.of(
              new RangeKeys(ipam.subnet(), ipam.rangeStart(), ipam.rangeEnd(), ipam.gateway())));
    }
    all.addAll(ipam.ranges());
    if (all.isEmpty()) {
      throw CniFailure.config("no IP ranges specified");
    }
    List<RangeSet> sets = new ArrayList<>();
    for (List<RangeKeys> keys : all) {
      RangeSet set = RangeSet.of(keys);
      for (RangeSet earlier : sets) {
        if (earlier.overlaps(set)) {
          throw CniFailure.config("range set %s overlaps %s".formatted(set, earlier));
        }
      }
      sets.add(set);
    }
    return List.copyOf(sets);
  }

  /**
   * Addresses that are asked for: {@code CNI_ARGS} IP, {@code args.cni.ips}, {@code
   * runtimeConfig.ips}.
   */
  Set<InetAddress> requested(CniRequest request) throws CniFailure {
    List<String> texts = new ArrayList<>();
    String fromArgs = request.argsByKey().getOrDefault("IP", "");
    if (!fromArgs.isEmpty()) {
      texts.add(fromArgs);
    }
    texts.addAll(args.cni().ips());
    texts.addAll(runtimeConfig.ips());
    Set<InetAddress> addresses = new LinkedHashSet<>();
    for (String text : texts) {
      int slash = text.indexOf('/');
      try {
        addresses.add(IpText.parse(slash < 0 ? text : text.substring(0, slash)));
      } catch (IllegalArgumentException e) {
        throw CniFailure.config("requested address: " + e.getMessage());
      }
    }
    return addresses;
  }
}
