package org.jcontainerd.daemon.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.api.cri.v1.DNSConfig;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.network.Attachment;
import org.jcontainerd.daemon.network.NetworkFailure;
import org.jcontainerd.daemon.network.NetworkStatus;
import org.jcontainerd.daemon.network.Networks;
import org.jcontainerd.daemon.network.PortMapping;
import org.jcontainerd.oci.cni.CniDns;

/** Pods' networks through CNI. Thread-safe. */
public record CniNetworks(Networks networks) implements PodNetworks {
  private static final String INGRESS = "kubernetes.io/ingress-bandwidth";
  private static final String EGRESS = "kubernetes.io/egress-bandwidth";

  /** The largest burst that the bandwidth plugin takes, bits in an int32. */
  private static final long LARGEST_BURST = Integer.MAX_VALUE;

  @Override
  public Optional<String> unready() {
    return switch (networks.status()) {
      case NetworkStatus.Ready _ -> Optional.empty();
      case NetworkStatus.NotReady(_, String message) -> Optional.of(message);
    };
  }

  @Override
  public List<String> attach(Sandbox sandbox, Path netns) throws NetworkFailure {
    return networks.attach(attachment(sandbox, netns)).ips();
  }

  @Override
  public void detach(Sandbox sandbox, Path netns) throws NetworkFailure {
    networks.detach(sandbox.id());
  }

  @Override
  public void collect(Set<String> sandboxIds) throws NetworkFailure {
    networks.collect(sandboxIds);
  }

  private static Attachment attachment(Sandbox sandbox, Path netns) {
    var config = sandbox.config();
    var m = config.getMetadata();
    return new Attachment(
        sandbox.id(),
        netns,
        m.getName(),
        m.getNamespace(),
        m.getUid(),
        ports(config.getPortMappingsList()),
        dns(config.getDnsConfig()),
        bandwidth(config.getAnnotationsMap()),
        config.getLinux().getCgroupParent(),
        config.getAnnotationsMap());
  }

  private static List<PortMapping> ports(List<org.jcontainerd.api.cri.v1.PortMapping> wanted) {
    var ports = new ArrayList<PortMapping>();
    for (var each : wanted) {
      if (each.getHostPort() > 0) { // 0: named for others, not to be mapped
        ports.add(
            new PortMapping(
                each.getHostPort(),
                each.getContainerPort(),
                each.getProtocol().name(),
                each.getHostIp()));
      }
    }
    return ports;
  }

  private static CniDns dns(DNSConfig dns) {
    return new CniDns(dns.getServersList(), "", dns.getSearchesList(), dns.getOptionsList());
  }

  /** Bits per second, as the annotations of Kubernetes give them: 10M, 1Gi, 500000. */
  private static Map<String, Long> bandwidth(Map<String, String> annotations) {
    var limits = new LinkedHashMap<String, Long>();
    for (var each : Map.of("ingress", INGRESS, "egress", EGRESS).entrySet()) {
      String text = annotations.get(each.getValue());
      if (text != null) {
        limits.put(each.getKey() + "Rate", Quantity.parse(each.getValue(), text));
        limits.put(each.getKey() + "Burst", LARGEST_BURST);
      }
    }
    return limits;
  }

  /** The quantities of Kubernetes, as far as rates use them. */
  private static final class Quantity {
    private static final Map<String, Long> UNITS =
        Map.of(
            "",
            1L,
            "k",
            1_000L,
            "M",
            1_000_000L,
            "G",
            1_000_000_000L,
            "Ki",
            1L << 10,
            "Mi",
            1L << 20,
            "Gi",
            1L << 30);

    static long parse(String key, String text) {
      int digits = 0;
      while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
        digits++;
      }
      Long unit = UNITS.get(text.substring(digits));
      if (digits == 0 || digits > 9 || unit == null) {
        throw new DaemonFailure.InvalidArgument(
            "annotation '" + key + "': '" + text + "' is not a quantity");
      }
      return Long.parseLong(text.substring(0, digits)) * unit;
    }
  }
}
