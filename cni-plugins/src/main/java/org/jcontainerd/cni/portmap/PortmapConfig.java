package org.jcontainerd.cni.portmap;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.linux.netlink.IpText;

/**
 * The keys of the reference plugin's configuration; those that are not supported are refused.
 * {@code markMasqBit} is of its iptables backend alone and means nothing here, as in its nftables
 * backend.
 *
 * @param snat whether the pod can reach its own host port, and the host can by 127.0.0.1; true if
 *     unsaid
 * @param masqAll whether the pod sees every client of a host port as the host
 */
record PortmapConfig(
    String backend,
    Optional<Boolean> snat,
    List<String> conditionsV4,
    List<String> conditionsV6,
    boolean masqAll,
    String externalSetMarkChain,
    RuntimeConfig runtimeConfig) {
  /** What the runtime adds for this attachment. */
  record RuntimeConfig(List<Mapping> portMappings) {}

  /** A host port as it is asked for. */
  record Mapping(int hostPort, int containerPort, String protocol, String hostIP) {
    private static final int LARGEST_PORT = 65535;

    /** The IP protocol number. */
    int protocolNumber() throws CniFailure {
      return switch (protocol.toLowerCase(Locale.ROOT)) {
        case "tcp", "" -> 6;
        case "udp" -> 17;
        case "sctp" -> 132;
        default -> throw CniFailure.config("port mapping: protocol '" + protocol + "': unknown");
      };
    }

    /** The host address that is asked for; empty for all addresses. */
    Optional<InetAddress> hostAddress() throws CniFailure {
      try {
        return hostIP.isEmpty() ? Optional.empty() : Optional.of(IpText.parse(hostIP));
      } catch (IllegalArgumentException e) {
        throw CniFailure.config("port mapping: hostIP: " + e.getMessage());
      }
    }

    private void validate() throws CniFailure {
      if (hostPort <= 0 || hostPort > LARGEST_PORT) {
        throw CniFailure.config("port mapping: host port " + hostPort + ": not allowed");
      }
      if (containerPort <= 0 || containerPort > LARGEST_PORT) {
        throw CniFailure.config("port mapping: container port " + containerPort + ": not allowed");
      }
      var _ = protocolNumber();
      var _ = hostAddress();
    }
  }

  static PortmapConfig of(CniRequest request) throws CniFailure {
    var config = request.config(PortmapConfig.class);
    if (!config.backend.isEmpty() && !config.backend.equals("nftables")) {
      throw CniFailure.unsupported("backend", config.backend);
    }
    if (!config.conditionsV4.isEmpty()) {
      throw CniFailure.unsupported("conditionsV4", config.conditionsV4);
    }
    if (!config.conditionsV6.isEmpty()) {
      throw CniFailure.unsupported("conditionsV6", config.conditionsV6);
    }
    if (!config.externalSetMarkChain.isEmpty()) {
      throw CniFailure.unsupported("externalSetMarkChain", config.externalSetMarkChain);
    }
    for (Mapping mapping : config.mappings()) {
      mapping.validate();
    }
    return config;
  }

  List<Mapping> mappings() {
    return runtimeConfig.portMappings();
  }

  boolean sourceNat() {
    return snat.orElse(true);
  }
}
