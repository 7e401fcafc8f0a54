package org.jcontainerd.cni.portmap;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.SharedTable;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.nftables.NftExpression;
import org.jcontainerd.linux.nftables.NftExpression.Immediate;
import org.jcontainerd.linux.nftables.NftExpression.Masquerade;
import org.jcontainerd.linux.nftables.NftFamily;
import org.jcontainerd.linux.nftables.NftHook;
import org.jcontainerd.linux.nftables.NftMatch;
import org.jcontainerd.linux.nftables.NftRule;
import org.jcontainerd.linux.nftables.NftTable;
import org.jcontainerd.linux.nftables.NftTransaction;
import org.jcontainerd.linux.nftables.NftVerdict;
import org.jcontainerd.linux.nftables.Nftables;

/**
 * The rules of host ports in one family. Table, chains and comments (the container's id) are those
 * of the reference plugin's nftables backend, so either can remove what the other made:
 *
 * <pre>
 * prerouting, output:  fib daddr type local jump hostports_all
 * hostports_all:       jump hostip_hostports; jump hostports
 * hostports:           [ip daddr HOSTIP] tcp dport 8080 dnat to 10.1.0.5:80
 * masquerading:        ip saddr 10.1.0.0/16 ip daddr 10.1.0.5 ct status dnat masquerade
 *                      ip saddr 127.0.0.1 ip daddr 10.1.0.5 masquerade
 * </pre>
 *
 * Only packets to an address of this host are looked at, never those that it passes on
 * (CVE-2025-67499). Unlike the reference, neighbours on the container's network are masqueraded too
 * when they come by a host port: else the answer would go to them directly and be taken for a
 * stranger's.
 */
final class HostPortRules {
  private static final String PREROUTING = "prerouting";
  private static final String OUTPUT = "output";
  private static final String ALL = "hostports_all";
  private static final String HOST_IP_PORTS = "hostip_hostports";
  private static final String PORTS = "hostports";
  private static final String MASQUERADING = "masquerading";
  private static final Map<String, Long> STRUCTURE = Map.of(PREROUTING, 1L, OUTPUT, 1L, ALL, 2L);

  /** The tables of both families with what stands in them while no container has host ports. */
  static final List<SharedTable> SHARED = List.of(shared(NftFamily.IP), shared(NftFamily.IP6));

  private static final int ATTEMPTS = 5;

  private final NftTable table;
  private final String comment;

  HostPortRules(boolean ipv4, String containerId) {
    this.table = table(ipv4 ? NftFamily.IP : NftFamily.IP6);
    this.comment = containerId;
  }

  private static NftTable table(NftFamily family) {
    return new NftTable(family, "cni_hostport");
  }

  private static SharedTable shared(NftFamily family) {
    return new SharedTable(
        table(family),
        Map.of(
            PREROUTING, 1L, OUTPUT, 1L, ALL, 2L, HOST_IP_PORTS, 0L, PORTS, 0L, MASQUERADING, 0L));
  }

  /** Adds the rules of a container. */
  void add(Nftables nftables, PortmapConfig config, IpPrefix container)
      throws IOException, CniFailure {
    for (int attempt = 1; ; attempt++) {
      try {
        nftables.commit(addition(complete(nftables.rules(table)), config, container));
        return;
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT) || attempt == ATTEMPTS) { // the table was removed meanwhile
          throw e;
        }
      }
    }
  }

  private NftTransaction addition(boolean complete, PortmapConfig config, IpPrefix container)
      throws CniFailure {
    var transaction = new NftTransaction();
    structure(transaction, complete);
    for (PortmapConfig.Mapping mapping : mappings(config)) {
      List<List<NftExpression>> parts = new ArrayList<>();
      var hostAddress = mapping.hostAddress().filter(a -> !a.isAnyLocalAddress());
      hostAddress.ifPresent(a -> parts.add(NftMatch.destination(table.family(), single(a), true)));
      parts.add(NftMatch.destinationPort(mapping.protocolNumber(), mapping.hostPort()));
      parts.add(NftMatch.destinationNat(container.address(), mapping.containerPort()));
      transaction.addRule(table, PORTS, parts.stream().flatMap(List::stream).toList(), comment);
    }
    if (config.sourceNat()) {
      masquerade(transaction, config.masqAll(), container);
    }
    return transaction;
  }

  /** The mappings of this family; one without a host address is of both. */
  List<PortmapConfig.Mapping> mappings(PortmapConfig config) throws CniFailure {
    List<PortmapConfig.Mapping> mine = new ArrayList<>();
    for (PortmapConfig.Mapping mapping : config.mappings()) {
      var address = mapping.hostAddress();
      if (address.isEmpty() || single(address.get()).ipv4() == ipv4()) {
        mine.add(mapping);
      }
    }
    return mine;
  }

  /** Removes the rules of the container; none is success. */
  void remove(Nftables nftables) throws IOException {
    for (int attempt = 1; ; attempt++) {
      var transaction = new NftTransaction();
      nftables.rules(table).stream()
          .filter(r -> r.comment().equals(comment))
          .forEach(transaction::deleteRule);
      try {
        nftables.commit(transaction);
        return;
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT) || attempt == ATTEMPTS) { // somebody else deleted one meanwhile
          throw e;
        }
      }
    }
  }

  /** What is missing of the container's rules; "" if nothing is. */
  String missing(Nftables nftables, PortmapConfig config) throws IOException, CniFailure {
    List<NftRule> all = nftables.rules(table);
    Map<String, Long> mine =
        all.stream()
            .filter(r -> r.comment().equals(comment))
            .collect(Collectors.groupingBy(NftRule::chain, Collectors.counting()));
    if (!complete(all)) {
      return "rules that lead to '" + PORTS + "'";
    }
    if (mine.getOrDefault(PORTS, 0L) < mappings(config).size()) {
      return "rules in '" + PORTS + "'";
    }
    int masquerading = config.sourceNat() ? ipv4() && !config.masqAll() ? 2 : 1 : 0;
    return mine.getOrDefault(MASQUERADING, 0L) < masquerading
        ? "rules in '" + MASQUERADING + "'"
        : "";
  }

  private static boolean complete(List<NftRule> rules) {
    return rules.stream()
        .map(NftRule::chain)
        .filter(STRUCTURE::containsKey)
        .collect(Collectors.groupingBy(c -> c, Collectors.counting()))
        .equals(STRUCTURE);
  }

  /**
   * Tables and chains; their rules only if they are not there: replacing them would make the kernel
   * wait for a grace period when the socket is closed.
   */
  private void structure(NftTransaction transaction, boolean complete) {
    transaction.addTable(table, "CNI portmap plugin");
    if (!complete) {
      transaction
          .addChain(table, PORTS, "")
          .addChain(table, HOST_IP_PORTS, "")
          .addChain(table, ALL, "")
          .flushChain(table, ALL)
          .addRule(table, ALL, decide(NftVerdict.jump(HOST_IP_PORTS)), "")
          .addRule(table, ALL, decide(NftVerdict.jump(PORTS)), "");
      entrance(transaction, PREROUTING, NftHook.Point.PREROUTING);
      entrance(transaction, OUTPUT, NftHook.Point.OUTPUT);
    }
  }

  private void entrance(NftTransaction transaction, String chain, NftHook.Point point) {
    transaction
        .addChain(table, chain, new NftHook(NftHook.Type.NAT, point, NftHook.DSTNAT))
        .flushChain(table, chain)
        .addRule(
            table,
            chain,
            NftMatch.all(NftMatch.destinationIsLocal(), decide(NftVerdict.jump(ALL))),
            "");
  }

  private void masquerade(NftTransaction transaction, boolean everybody, IpPrefix container) {
    NftHook hook = new NftHook(NftHook.Type.NAT, NftHook.Point.POSTROUTING, NftHook.SRCNAT);
    List<NftExpression> toContainer =
        NftMatch.destination(table.family(), single(container.address()), true);
    List<NftExpression> from =
        everybody ? List.of() : NftMatch.source(table.family(), container.network(), true);
    transaction
        .addChain(table, MASQUERADING, hook)
        .addRule(
            table,
            MASQUERADING,
            NftMatch.all(
                from, toContainer, NftMatch.destinationWasRewritten(), List.of(new Masquerade())),
            comment);
    if (ipv4() && !everybody) {
      List<NftExpression> localhost =
          NftMatch.source(table.family(), IpPrefix.parse("127.0.0.1/32"), true);
      transaction.addRule(
          table,
          MASQUERADING,
          NftMatch.all(localhost, toContainer, List.of(new Masquerade())),
          comment);
    }
  }

  private boolean ipv4() {
    return table.family() == NftFamily.IP;
  }

  private static List<NftExpression> decide(NftVerdict verdict) {
    return List.of(Immediate.decide(verdict));
  }

  private static IpPrefix single(InetAddress address) {
    return new IpPrefix(address, address.getAddress().length * 8);
  }
}
