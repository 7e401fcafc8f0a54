package org.jcontainerd.linux.netlink;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A route. Immutable.
 *
 * @param destination network it is for
 * @param gateway next hop; empty if the destination is on the link
 * @param link index of the outgoing link, 0 if the kernel is to find it by the gateway
 * @param table routing table, 254 is main
 * @param scope 0 anywhere, 253 on the link, 254 this host; empty chooses by the gateway
 * @param priority metric, lower wins; 0 is the family's default
 * @param mtu largest packet on the way in bytes; 0 is the link's
 * @param advertisedMss segment size offered to TCP peers in bytes; 0 is the default
 */
public record Route(
    IpPrefix destination,
    Optional<InetAddress> gateway,
    int link,
    int table,
    Optional<Integer> scope,
    int priority,
    int mtu,
    int advertisedMss) {
  /** The table in which routes are usually kept. */
  public static final int TABLE_MAIN = 254;

  static final int RTMSG = 12;

  /** linux/rtnetlink.h. */
  static final int RTA_DST = 1;

  static final int RTA_OIF = 4;
  static final int RTA_GATEWAY = 5;
  static final int RTA_PRIORITY = 6;
  static final int RTA_METRICS = 8;
  static final int RTA_MULTIPATH = 9;
  static final int RTA_TABLE = 15;
  static final int RTAX_MTU = 2;
  static final int RTAX_ADVMSS = 8;

  /** A route in the main table with the defaults of everything else. */
  public static Route via(IpPrefix destination, InetAddress gateway, int link) {
    return new Route(
        destination, Optional.of(gateway), link, TABLE_MAIN, Optional.empty(), 0, 0, 0);
  }

  static Route parse(NetlinkMessage message) throws NetlinkFormatException {
    boolean ipv4 = message.field(0, 1).u8() == Routes.AF_INET;
    int length = message.field(1, 1).u8();
    var attributes = message.attributes(RTMSG);
    var destination = attributes.find(RTA_DST);
    var gateway = attributes.find(RTA_GATEWAY);
    var metrics = attributes.nested(RTA_METRICS);
    if (length > (ipv4 ? 32 : 128)) {
      throw new NetlinkFormatException("route with a prefix of " + length + " bits");
    }
    return new Route(
        destination.isPresent()
            ? new IpPrefix(destination.get().address(), length)
            : IpPrefix.everything(ipv4),
        gateway.isPresent() ? Optional.of(gateway.get().address()) : Optional.empty(),
        attributes.u32(RTA_OIF, 0),
        attributes.u32(RTA_TABLE, message.field(4, 1).u8()),
        Optional.of(message.field(6, 1).u8()),
        attributes.u32(RTA_PRIORITY, 0),
        metrics.u32(RTAX_MTU, 0),
        metrics.u32(RTAX_ADVMSS, 0));
  }
}
