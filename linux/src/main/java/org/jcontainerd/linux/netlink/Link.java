package org.jcontainerd.linux.netlink;

import java.util.Optional;

/**
 * A network interface as the kernel describes it. Immutable.
 *
 * @param index number of the interface, unique in its network namespace
 * @param kind {@code veth}, {@code bridge} ..., "" for hardware and loopback
 * @param flags IFF_UP and the like, see the methods
 * @param master index of the bridge it is a port of
 * @param peer for a veth the index of the other end, in the other end's namespace
 * @param operState RFC 2863: 0 unknown, 2 down, 3 lower layer down, 6 up
 * @param promiscuity how many ask for promiscuous mode
 * @param alias free text, set by whoever made it
 */
public record Link(
    int index,
    String name,
    String kind,
    int flags,
    int mtu,
    Optional<MacAddress> mac,
    Optional<Integer> master,
    Optional<Integer> peer,
    int operState,
    int promiscuity,
    String alias) {
  static final int IFINFOMSG = 16;

  /** linux/if_link.h. */
  static final int IFLA_ADDRESS = 1;

  static final int IFLA_IFNAME = 3;
  static final int IFLA_MTU = 4;
  static final int IFLA_LINK = 5;
  static final int IFLA_MASTER = 10;
  static final int IFLA_OPERSTATE = 16;
  static final int IFLA_LINKINFO = 18;
  static final int IFLA_IFALIAS = 20;
  static final int IFLA_AF_SPEC = 26;
  static final int IFLA_NET_NS_FD = 28;
  static final int IFLA_EXT_MASK = 29;
  static final int IFLA_PROMISCUITY = 30;
  static final int IFLA_INFO_KIND = 1;
  static final int IFLA_INFO_DATA = 2;
  static final int IFLA_INFO_SLAVE_KIND = 4;
  static final int IFLA_INFO_SLAVE_DATA = 5;

  /** linux/if.h. */
  static final int IFF_UP = 0x1;

  static final int IFF_LOOPBACK = 0x8;
  static final int IFF_PROMISC = 0x100;

  static Link parse(NetlinkMessage message) throws NetlinkFormatException {
    var attributes = message.attributes(IFINFOMSG);
    return new Link(
        message.field(4, 4).u32(),
        attributes.string(IFLA_IFNAME),
        attributes.nested(IFLA_LINKINFO).string(IFLA_INFO_KIND),
        message.field(8, 4).u32(),
        attributes.u32(IFLA_MTU, 0),
        mac(attributes),
        index(attributes, IFLA_MASTER),
        index(attributes, IFLA_LINK),
        operState(attributes),
        attributes.u32(IFLA_PROMISCUITY, 0),
        attributes.string(IFLA_IFALIAS));
  }

  private static Optional<MacAddress> mac(Attributes attributes) {
    return attributes
        .find(IFLA_ADDRESS)
        .filter(a -> a.length() == 6)
        .map(a -> MacAddress.of(a.bytes()));
  }

  private static Optional<Integer> index(Attributes attributes, int type)
      throws NetlinkFormatException {
    int value = attributes.u32(type, 0);
    return value > 0 ? Optional.of(value) : Optional.empty();
  }

  private static int operState(Attributes attributes) throws NetlinkFormatException {
    var found = attributes.find(IFLA_OPERSTATE);
    return found.isPresent() ? found.get().u8() : 0;
  }

  /** Whether it is administratively up. */
  public boolean up() {
    return (flags & IFF_UP) != 0;
  }

  /** Whether it is the loopback interface. */
  public boolean loopback() {
    return (flags & IFF_LOOPBACK) != 0;
  }

  /** Whether promiscuous mode was switched on by a flag or a listener. */
  public boolean promiscuous() {
    return promiscuity != 0;
  }
}
