package org.jcontainerd.oci.cni;

import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;

/**
 * What ADD answers: the interfaces, addresses, routes and name service of an attachment. In memory
 * it has the shape of 1.1.0; {@link #as} gives the shape of an older version. Immutable.
 */
public record CniResult(
    String cniVersion,
    List<CniInterface> interfaces,
    List<CniIp> ips,
    List<CniRoute> routes,
    @Json(always = true) CniDns dns) {
  public CniResult {
    interfaces = List.copyOf(interfaces);
    ips = List.copyOf(ips);
    routes = List.copyOf(routes);
  }

  /**
   * Reads a result of any supported version.
   *
   * @throws JsonException if it is malformed or its version is not supported
   */
  public static CniResult read(byte[] json) throws JsonException {
    return OciJson.read(json, CniResult.class);
  }

  /** A copy with other addresses. */
  public CniResult withIps(List<CniIp> newIps) {
    return new CniResult(cniVersion, interfaces, newIps, routes, dns);
  }

  /** A copy with other routes. */
  public CniResult withRoutes(List<CniRoute> newRoutes) {
    return new CniResult(cniVersion, interfaces, ips, newRoutes, dns);
  }

  /**
   * The same result as a version writes it. Before 1.0.0 addresses say their family; before 1.1.0
   * interfaces have no more than name, address and sandbox, and routes no more than destination and
   * gateway: what a version cannot say is left out, as the specification's own library does.
   */
  public CniResult as(CniVersion version) {
    boolean family = !version.atLeast(CniVersion.V1_0_0);
    boolean rich = version.atLeast(CniVersion.V1_1_0);
    return new CniResult(
        version.toString(),
        interfaces.stream()
            .map(i -> rich ? i : CniInterface.of(i.name(), i.mac(), i.sandbox()))
            .toList(),
        ips.stream().map(ip -> withFamily(ip, family)).toList(),
        routes.stream().map(r -> rich ? r : CniRoute.of(r.dst(), r.gw())).toList(),
        dns);
  }

  private static CniIp withFamily(CniIp ip, boolean family) {
    String version = family ? (ip.address().indexOf(':') >= 0 ? "6" : "4") : "";
    return new CniIp(version, ip.interfaceIndex(), ip.address(), ip.gateway());
  }

  /** The first interface of that name in that sandbox. */
  public Optional<CniInterface> find(String name, String sandbox) {
    return interfaces.stream()
        .filter(i -> i.name().equals(name) && i.sandbox().equals(sandbox))
        .findFirst();
  }
}
