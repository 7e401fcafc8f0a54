package org.jcontainerd.oci.cni;

import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * An address that an attachment has. Immutable.
 *
 * @param version "4" or "6" in results below 1.0.0, else ""
 * @param interfaceIndex index in {@link CniResult#interfaces}
 * @param address in CIDR notation
 * @param gateway "" if there is none
 */
public record CniIp(
    String version,
    @Json(name = "interface") Optional<Integer> interfaceIndex,
    String address,
    String gateway) {
  /** The same address on an interface. */
  public CniIp on(int index) {
    return new CniIp(version, Optional.of(index), address, gateway);
  }

  /** The same address with a gateway. */
  public CniIp via(String newGateway) {
    return new CniIp(version, interfaceIndex, address, newGateway);
  }
}
