package org.jcontainerd.linux.nftables;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.nftables.NftExpression.Base;
import org.jcontainerd.linux.nftables.NftExpression.Bitwise;
import org.jcontainerd.linux.nftables.NftExpression.Compare;
import org.jcontainerd.linux.nftables.NftExpression.Ct;
import org.jcontainerd.linux.nftables.NftExpression.CtKey;
import org.jcontainerd.linux.nftables.NftExpression.FibDestinationType;
import org.jcontainerd.linux.nftables.NftExpression.Immediate;
import org.jcontainerd.linux.nftables.NftExpression.Meta;
import org.jcontainerd.linux.nftables.NftExpression.MetaKey;
import org.jcontainerd.linux.nftables.NftExpression.Nat;
import org.jcontainerd.linux.nftables.NftExpression.Payload;
import org.jcontainerd.linux.nftables.NftExpression.Relation;

/**
 * The usual conditions and actions as lists of expressions, in the form in which {@code nft} itself
 * compiles them, so that {@code nft list ruleset} shows readable rules. Register 1 is used, and 2
 * for ports.
 */
public final class NftMatch {
  private static final int RTN_LOCAL = 2;

  /** linux/netfilter/nf_conntrack_common.h. */
  private static final int IPS_DST_NAT = 1 << 5;

  private static final int NFPROTO_IPV4 = 2;
  private static final int NFPROTO_IPV6 = 10;

  private NftMatch() {}

  /** {@code ip saddr} or {@code ip6 saddr}, equal to a network or not. */
  public static List<NftExpression> source(NftFamily table, IpPrefix network, boolean equal) {
    return address(table, network, equal, network.ipv4() ? 12 : 8);
  }

  /** {@code ip daddr} or {@code ip6 daddr}, equal to a network or not. */
  public static List<NftExpression> destination(NftFamily table, IpPrefix network, boolean equal) {
    return address(table, network, equal, network.ipv4() ? 16 : 24);
  }

  /**
   * {@code tcp dport 80}.
   *
   * @param protocol IP protocol number: 6 TCP, 17 UDP, 132 SCTP
   */
  public static List<NftExpression> destinationPort(int protocol, int port) {
    return List.of(
        new Meta(MetaKey.TRANSPORT_PROTOCOL, 1),
        new Compare(1, Relation.EQUAL, NftData.octet(protocol)),
        new Payload(Base.TRANSPORT, 2, 2, 1),
        new Compare(1, Relation.EQUAL, NftData.port(port)));
  }

  /** {@code fib daddr type local}: the destination is an address of this host. */
  public static List<NftExpression> destinationIsLocal() {
    return List.of(
        new FibDestinationType(1), new Compare(1, Relation.EQUAL, NftData.number(RTN_LOCAL)));
  }

  /** {@code ct status dnat}: the connection's destination was rewritten. */
  public static List<NftExpression> destinationWasRewritten() {
    return List.of(
        new Ct(CtKey.STATUS, 1),
        new Bitwise(1, 4, NftData.number(IPS_DST_NAT), NftData.number(0)),
        new Compare(1, Relation.NOT_EQUAL, NftData.number(0)));
  }

  /** {@code dnat to 10.1.0.5:80}. */
  public static List<NftExpression> destinationNat(java.net.InetAddress address, int port) {
    NftFamily family = address.getAddress().length == 4 ? NftFamily.IP : NftFamily.IP6;
    return List.of(
        new Immediate(1, NftData.address(address)),
        new Immediate(2, NftData.port(port)),
        new Nat(true, family, 1, Optional.of(2)));
  }

  /** Several conditions and actions, one behind the other. */
  @SafeVarargs
  public static List<NftExpression> all(List<NftExpression>... parts) {
    var together = new ArrayList<NftExpression>();
    for (List<NftExpression> part : parts) {
      together.addAll(part);
    }
    return together;
  }

  private static List<NftExpression> address(
      NftFamily table, IpPrefix network, boolean equal, int offset) {
    var list = new ArrayList<NftExpression>();
    int size = network.ipv4() ? 4 : 16;
    if (table == NftFamily.INET) {
      int protocol = network.ipv4() ? NFPROTO_IPV4 : NFPROTO_IPV6;
      list.add(new Meta(MetaKey.NETWORK_PROTOCOL, 1));
      list.add(new Compare(1, Relation.EQUAL, NftData.octet(protocol)));
    }
    list.add(new Payload(Base.NETWORK, offset, size, 1));
    if (network.length() < size * 8) {
      list.add(new Bitwise(1, size, mask(size, network.length()), NftData.bytes(new byte[size])));
    }
    list.add(
        new Compare(
            1,
            equal ? Relation.EQUAL : Relation.NOT_EQUAL,
            NftData.address(network.network().address())));
    return list;
  }

  private static NftData mask(int size, int length) {
    byte[] mask = new byte[size];
    for (int bit = 0; bit < length; bit++) {
      mask[bit / 8] |= (byte) (0x80 >> (bit % 8));
    }
    return NftData.bytes(mask);
  }
}
