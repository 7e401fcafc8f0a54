package org.jcontainerd.oci.cni;

import java.util.Optional;

/**
 * A route that an attachment has. Immutable.
 *
 * @param dst destination in CIDR notation
 * @param gw next hop; "" means the gateway of the addresses of that family
 * @param mtu largest packet on the way in bytes, 0 for the link's
 * @param advmss TCP segment size to advertise in bytes, 0 for the default
 * @param priority metric, 0 for the default
 * @param table routing table; empty for main
 * @param scope 0 global, 253 link, 254 host; empty for what follows from the gateway
 */
public record CniRoute(
    String dst,
    String gw,
    int mtu,
    int advmss,
    int priority,
    Optional<Integer> table,
    Optional<Integer> scope) {
  /** A route with the defaults of everything else. */
  public static CniRoute of(String dst, String gw) {
    return new CniRoute(dst, gw, 0, 0, 0, Optional.empty(), Optional.empty());
  }
}
