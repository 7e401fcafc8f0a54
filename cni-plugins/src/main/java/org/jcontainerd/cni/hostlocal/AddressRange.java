package org.jcontainerd.cni.hostlocal;

import java.net.InetAddress;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.netlink.IpText;

/**
 * Addresses from {@code start} to {@code end}, both included, of one subnet. Immutable.
 *
 * @param gateway never given to a container
 */
record AddressRange(IpPrefix subnet, InetAddress start, InetAddress end, InetAddress gateway) {
  /**
   * Reads a range; what is left out is the whole subnet without its network and, in IPv4, broadcast
   * address, and its first address as the gateway.
   */
  static AddressRange of(HostLocalConfig.RangeKeys keys) throws CniFailure {
    try {
      IpPrefix subnet = IpPrefix.parse(keys.subnet());
      if (subnet.length() > subnet.address().getAddress().length * 8 - 2) {
        throw CniFailure.config("subnet '" + subnet + "': too small to allocate from");
      }
      if (!subnet.equals(subnet.network())) {
        throw CniFailure.config(
            "subnet '%s': has host bits, the network is '%s'".formatted(subnet, subnet.network()));
      }
      InetAddress first = IpPrefix.step(subnet.address(), 1);
      InetAddress last = subnet.ipv4() ? IpPrefix.step(subnet.last(), -1) : subnet.last();
      var range =
          new AddressRange(
              subnet,
              address(keys.rangeStart(), first),
              address(keys.rangeEnd(), last),
              address(keys.gateway(), first));
      range.requireInSubnet("rangeStart", range.start);
      range.requireInSubnet("rangeEnd", range.end);
      if (IpPrefix.compare(range.start, range.end) > 0) {
        throw CniFailure.config("range " + range + ": ends before it starts");
      }
      return range;
    } catch (IllegalArgumentException e) {
      throw CniFailure.config("range: " + e.getMessage());
    }
  }

  private static InetAddress address(String text, InetAddress absent) {
    return text.isEmpty() ? absent : IpText.parse(text);
  }

  private void requireInSubnet(String key, InetAddress address) throws CniFailure {
    if (!subnet.contains(address)) {
      throw CniFailure.config(
          "%s '%s': not in subnet '%s'".formatted(key, IpText.format(address), subnet));
    }
  }

  boolean contains(InetAddress address) {
    return subnet.contains(address)
        && IpPrefix.compare(start, address) <= 0
        && IpPrefix.compare(address, end) <= 0;
  }

  boolean overlaps(AddressRange other) {
    return contains(other.start)
        || contains(other.end)
        || other.contains(start)
        || other.contains(end);
  }

  @Override
  public String toString() {
    return IpText.format(start) + "-" + IpText.format(end);
  }
}
