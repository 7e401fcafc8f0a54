package org.jcontainerd.linux.netlink;

import java.net.InetAddress;

/**
 * An IP address of a link. Immutable.
 *
 * @param link index of the link
 * @param prefix address and length of its network
 * @param flags IFA_F_*, see the methods
 * @param scope RT_SCOPE_*, how far it is valid
 */
public record Address(int link, IpPrefix prefix, int flags, int scope) {
  static final int IFADDRMSG = 8;

  /** linux/if_addr.h. */
  static final int IFA_ADDRESS = 1;

  static final int IFA_LOCAL = 2;
  static final int IFA_BROADCAST = 4;
  static final int IFA_FLAGS = 8;
  static final int IFA_F_NODAD = 0x02;
  private static final int IFA_F_DADFAILED = 0x08;
  private static final int IFA_F_TENTATIVE = 0x40;
  private static final int IFA_F_PERMANENT = 0x80;

  static Address parse(NetlinkMessage message) throws NetlinkFormatException {
    var attributes = message.attributes(IFADDRMSG);
    var address = attributes.find(IFA_LOCAL).or(() -> attributes.find(IFA_ADDRESS));
    if (address.isEmpty()) {
      throw new NetlinkFormatException("address without an address");
    }
    InetAddress value = address.get().address();
    int length = message.field(1, 1).u8();
    if (length > value.getAddress().length * 8) {
      throw new NetlinkFormatException("address with a prefix of " + length + " bits");
    }
    int flags = attributes.u32(IFA_FLAGS, message.field(2, 1).u8());
    return new Address(
        message.field(4, 4).u32(), new IpPrefix(value, length), flags, message.field(3, 1).u8());
  }

  /** Whether somebody set it to stay, as opposed to those that a router or DHCP lends. */
  public boolean permanent() {
    return (flags & IFA_F_PERMANENT) != 0;
  }

  /** Whether it is valid everywhere (RT_SCOPE_UNIVERSE), not on this link or host alone. */
  public boolean global() {
    return scope == 0;
  }

  /** Whether the kernel still checks that nobody else has it (IPv6). */
  public boolean tentative() {
    return (flags & IFA_F_TENTATIVE) != 0;
  }

  /** Whether somebody else has it (IPv6). */
  public boolean duplicate() {
    return (flags & IFA_F_DADFAILED) != 0;
  }
}
