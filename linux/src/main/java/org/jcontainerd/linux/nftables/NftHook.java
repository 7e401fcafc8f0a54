package org.jcontainerd.linux.nftables;

/**
 * Where a base chain sees packets.
 *
 * @param priority lower comes first; see the constants
 */
public record NftHook(Type type, Point point, int priority) {
  /** {@code dstnat}: where destinations are rewritten, linux/netfilter_ipv4.h. */
  public static final int DSTNAT = -100;

  /** {@code filter}. */
  public static final int FILTER = 0;

  /** {@code srcnat}: where sources are rewritten. */
  public static final int SRCNAT = 100;

  /** What a base chain may do. */
  public enum Type {
    FILTER,
    NAT,
    ROUTE;

    @Override
    public String toString() {
      return switch (this) {
        case FILTER -> "filter";
        case NAT -> "nat";
        case ROUTE -> "route";
      };
    }
  }

  /** A place on a packet's way; numbers of linux/netfilter.h. */
  public enum Point {
    PREROUTING(0),
    INPUT(1),
    FORWARD(2),
    OUTPUT(3),
    POSTROUTING(4);

    private final int number;

    Point(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }
}
