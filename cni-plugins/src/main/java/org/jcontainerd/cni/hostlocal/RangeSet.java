package org.jcontainerd.cni.hostlocal;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.linux.netlink.IpPrefix;

/** Ranges of one family from which an attachment gets one address. Immutable. */
record RangeSet(List<AddressRange> ranges) {
  RangeSet {
    ranges = List.copyOf(ranges);
  }

  static RangeSet of(List<HostLocalConfig.RangeKeys> keys) throws CniFailure {
    if (keys.isEmpty()) {
      throw CniFailure.config("empty range set");
    }
    List<AddressRange> ranges = new ArrayList<>();
    for (HostLocalConfig.RangeKeys key : keys) {
      AddressRange range = AddressRange.of(key);
      for (AddressRange earlier : ranges) {
        if (earlier.subnet().ipv4() != range.subnet().ipv4()) {
          throw CniFailure.config("range set with " + earlier + " and " + range + ": two families");
        }
        if (earlier.overlaps(range)) {
          throw CniFailure.config("ranges " + earlier + " and " + range + " overlap");
        }
      }
      ranges.add(range);
    }
    return new RangeSet(ranges);
  }

  /** The range that an address is in. */
  Optional<AddressRange> rangeOf(InetAddress address) {
    return ranges.stream().filter(r -> r.contains(address)).findFirst();
  }

  boolean overlaps(RangeSet other) {
    return ranges.stream().anyMatch(r -> other.ranges.stream().anyMatch(r::overlaps));
  }

  /** The address that follows in round robin over all ranges. */
  InetAddress after(InetAddress address) {
    for (int i = 0; i < ranges.size(); i++) {
      if (ranges.get(i).contains(address)) {
        return address.equals(ranges.get(i).end())
            ? ranges.get((i + 1) % ranges.size()).start()
            : IpPrefix.step(address, 1);
      }
    }
    return first();
  }

  InetAddress first() {
    return ranges.getFirst().start();
  }

  @Override
  public String toString() {
    return ranges.stream().map(Object::toString).collect(Collectors.joining(","));
  }
}
