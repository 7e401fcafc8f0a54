package org.jcontainerd.cni.hostlocal;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.netlink.IpText;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniIp;

/**
 * Chooses one address of each range set: one that was asked for, else the next free one after the
 * last that was given, so that an address is not used again soon. All or nothing. Confined to one
 * thread.
 */
final class Allocation {
  private final Reservations reservations;
  private final String holder;
  private final String legacyHolder;

  Allocation(Reservations reservations, String containerId, String ifname) {
    this.reservations = reservations;
    this.holder = Reservations.holder(containerId, ifname);
    this.legacyHolder = containerId.strip();
  }

  /** One address per range set; frees what it reserved if a later one fails. */
  List<CniIp> allocate(List<RangeSet> sets, Set<InetAddress> requested)
      throws IOException, CniFailure {
    Map<InetAddress, String> taken = reservations.all();
    refuseSecondAllocation(sets, taken);
    List<InetAddress> chosen = new ArrayList<>();
    List<CniIp> ips = new ArrayList<>();
    for (int i = 0; i < sets.size(); i++) {
      RangeSet set = sets.get(i);
      Optional<InetAddress> wanted =
          requested.stream().filter(a -> set.rangeOf(a).isPresent()).findFirst();
      InetAddress address =
          wanted.isPresent() ? check(set, wanted.get(), taken) : next(set, i, taken.keySet());
      chosen.add(address);
      AddressRange range = set.rangeOf(address).orElseThrow();
      ips.add(
          new CniIp(
              "",
              Optional.empty(),
              new IpPrefix(address, range.subnet().length()).toString(),
              IpText.format(range.gateway())));
    }
    refuseUnmet(requested, chosen);
    reserve(chosen);
    return ips;
  }

  private void reserve(List<InetAddress> chosen) throws IOException {
    for (int i = 0; i < chosen.size(); i++) {
      try {
        reservations.reserve(chosen.get(i), holder, i);
      } catch (IOException e) {
        for (InetAddress done : chosen.subList(0, i)) {
          try {
            reservations.release(done);
          } catch (IOException undo) {
            e.addSuppressed(undo);
          }
        }
        throw e;
      }
    }
  }

  /** The specification forbids a second ADD; it would hide a leak. */
  private void refuseSecondAllocation(List<RangeSet> sets, Map<InetAddress, String> taken)
      throws CniFailure {
    for (var entry : taken.entrySet()) {
      boolean ours = entry.getValue().equals(holder) || entry.getValue().equals(legacyHolder);
      if (ours && sets.stream().anyMatch(s -> s.rangeOf(entry.getKey()).isPresent())) {
        throw CniFailure.of(
            CniError.INTERNAL,
            "'%s' is already allocated to '%s'"
                .formatted(IpText.format(entry.getKey()), legacyHolder));
      }
    }
  }

  private static InetAddress check(RangeSet set, InetAddress wanted, Map<InetAddress, String> taken)
      throws CniFailure {
    if (wanted.equals(set.rangeOf(wanted).orElseThrow().gateway())) {
      throw CniFailure.of(
          CniError.INTERNAL,
          "requested address '%s': is the gateway".formatted(IpText.format(wanted)));
    }
    if (taken.containsKey(wanted)) {
      throw CniFailure.of(
          CniError.INTERNAL,
          "requested address '%s': not available in range set %s"
              .formatted(IpText.format(wanted), set));
    }
    return wanted;
  }

  private InetAddress next(RangeSet set, int index, Set<InetAddress> taken)
      throws IOException, CniFailure {
    Optional<InetAddress> last =
        reservations.lastReserved(index).filter(a -> set.rangeOf(a).isPresent());
    InetAddress first = last.isPresent() ? set.after(last.get()) : set.first();
    InetAddress candidate = first;
    do {
      InetAddress gateway = set.rangeOf(candidate).orElseThrow().gateway();
      if (!candidate.equals(gateway) && !taken.contains(candidate)) {
        return candidate;
      }
      candidate = set.after(candidate);
    } while (!candidate.equals(first));
    throw CniFailure.of(CniError.TRY_AGAIN_LATER, "no IP addresses available in range set: " + set);
  }

  private static void refuseUnmet(Set<InetAddress> requested, List<InetAddress> chosen)
      throws CniFailure {
    String unmet =
        requested.stream()
            .filter(a -> !chosen.contains(a))
            .map(IpText::format)
            .collect(Collectors.joining(" "));
    if (!unmet.isEmpty()) {
      throw CniFailure.of(CniError.INTERNAL, "requested addresses in no range set: " + unmet);
    }
  }
}
