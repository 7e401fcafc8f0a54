package org.jcontainerd.linux.nftables;

/** Which packets a table sees; linux/netfilter.h. */
public enum NftFamily {
  /** IPv4 and IPv6. */
  INET(1),
  /** IPv4. */
  IP(2),
  /** IPv6. */
  IP6(10);

  private final int number;

  NftFamily(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  /** As {@code nft} writes it. */
  @Override
  public String toString() {
    return switch (this) {
      case INET -> "inet";
      case IP -> "ip";
      case IP6 -> "ip6";
    };
  }
}
