package org.jcontainerd.daemon.network;

import java.util.List;
import org.jcontainerd.oci.cni.CniDns;
import org.jcontainerd.oci.cni.CniInterface;
import org.jcontainerd.oci.cni.CniIp;
import org.jcontainerd.oci.cni.CniResult;

/**
 * How a pod is connected. Immutable.
 *
 * @param ips the addresses of its interface without prefix lengths, the primary one first
 * @param interfaces what the plugins made, on both sides
 * @param dns what the network says about names
 */
public record NetworkResult(List<String> ips, List<CniInterface> interfaces, CniDns dns) {
  public NetworkResult {
    ips = List.copyOf(ips);
    interfaces = List.copyOf(interfaces);
  }

  static NetworkResult of(CniResult result) {
    List<String> ips =
        result.ips().stream()
            .filter(ip -> inSandbox(ip, result.interfaces()))
            .map(ip -> ip.address().substring(0, ip.address().indexOf('/')))
            .toList();
    return new NetworkResult(ips, result.interfaces(), result.dns());
  }

  private static boolean inSandbox(CniIp ip, List<CniInterface> interfaces) {
    return ip.interfaceIndex()
        .filter(i -> i >= 0 && i < interfaces.size())
        .map(i -> interfaces.get(i).name().equals(Attachment.IFNAME))
        .orElse(true);
  }
}
