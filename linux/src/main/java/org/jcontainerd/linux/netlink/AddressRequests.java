package org.jcontainerd.linux.netlink;

import java.util.Set;

/** Messages about addresses. */
public final class AddressRequests {
  /** linux/rtnetlink.h. */
  private static final int RTM_NEWADDR = 20;

  private static final int RTM_DELADDR = 21;
  static final int RTM_GETADDR = 22;

  /** How an address is added. */
  public enum Option {
    /** IPv6: use it at once, without asking whether somebody else has it. */
    NO_DUPLICATE_DETECTION
  }

  private AddressRequests() {}

  /** Gives a link an address. Refused with EEXIST if it has it. */
  public static NetlinkRequest add(int link, IpPrefix prefix, Set<Option> options) {
    int flags =
        options.contains(Option.NO_DUPLICATE_DETECTION) && !prefix.ipv4() ? Address.IFA_F_NODAD : 0;
    var body = body(link, prefix, flags);
    if (prefix.ipv4() && prefix.length() < 31) {
      body.address(Address.IFA_BROADCAST, prefix.last());
    }
    return new NetlinkRequest(
        "add address '%s' to link index %d".formatted(prefix, link),
        RTM_NEWADDR,
        NetlinkRequest.CREATE | NetlinkRequest.EXCLUSIVE,
        body);
  }

  /** Takes an address away. Refused with EADDRNOTAVAIL if the link does not have it. */
  public static NetlinkRequest delete(int link, IpPrefix prefix) {
    return new NetlinkRequest(
        "delete address '%s' of link index %d".formatted(prefix, link),
        RTM_DELADDR,
        0,
        body(link, prefix, 0));
  }

  /** Asks for the addresses of one link, or of all if {@code link} is 0. */
  static NetlinkRequest list(int link) {
    var body = new MessageWriter().octets(0, 0, 0, 0).words(link);
    return new NetlinkRequest("list addresses", RTM_GETADDR, 0, body);
  }

  private static MessageWriter body(int link, IpPrefix prefix, int flags) {
    return new MessageWriter()
        .octets(Routes.family(prefix.address()), prefix.length(), flags, 0)
        .words(link)
        .address(Address.IFA_LOCAL, prefix.address())
        .address(Address.IFA_ADDRESS, prefix.address());
  }
}
