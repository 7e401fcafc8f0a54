package org.jcontainerd.linux.netlink;

/** A netlink protocol, linux/netlink.h. */
public enum NetlinkProtocol {
  /** Links, addresses, routes, neighbours; rtnetlink(7). */
  ROUTE(0),

  /** nf_tables and connection tracking. */
  NETFILTER(12);

  private final int number;

  NetlinkProtocol(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
