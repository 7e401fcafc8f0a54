package org.jcontainerd.cni.bridge;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.linux.netlink.MacAddress;
import org.jcontainerd.oci.cni.CniDns;
import org.jcontainerd.oci.json.JsonValue;

/** The keys of the reference plugin's configuration; those that are not supported are refused. */
record BridgeConfig(
    String bridge,
    boolean isGateway,
    boolean isDefaultGateway,
    boolean forceAddress,
    boolean ipMasq,
    String ipMasqBackend,
    int mtu,
    boolean hairpinMode,
    boolean promiscMode,
    int vlan,
    List<JsonValue> vlanTrunk,
    boolean macspoofchk,
    boolean enabledad,
    boolean disableContainerInterface,
    boolean portIsolation,
    Args args,
    RuntimeConfig runtimeConfig,
    Ipam ipam,
    CniDns dns) {
  private static final String DEFAULT_BRIDGE = "cni0";

  /** {@code args.cni.mac}. */
  record Args(Cni cni) {}

  /** See {@link Args}. */
  record Cni(String mac) {}

  /** What the runtime adds for this attachment. */
  record RuntimeConfig(String mac) {}

  /** Which plugin gives the addresses; none makes a link without addresses. */
  record Ipam(String type) {}

  /** Reads the configuration of a request for ADD or CHECK and refuses what is not supported. */
  static BridgeConfig of(CniRequest request) throws CniFailure {
    BridgeConfig config = tolerant(request);
    config.refuse("vlan", config.vlan, 0);
    config.refuse("vlanTrunk", config.vlanTrunk, List.of());
    config.refuse("macspoofchk", config.macspoofchk, false);
    config.refuse("enabledad", config.enabledad, false);
    config.refuse("disableContainerInterface", config.disableContainerInterface, false);
    config.refuse("portIsolation", config.portIsolation, false);
    if (!config.ipMasqBackend.isEmpty()) {
      config.refuse("ipMasqBackend", config.ipMasqBackend, "nftables");
    }
    if (config.hairpinMode && config.promiscMode) {
      throw CniFailure.config("hairpinMode and promiscMode: only one of them");
    }
    if (config.mtu < 0 || config.mtu > 65535) {
      throw CniFailure.config("mtu %d: expected 0 to 65535".formatted(config.mtu));
    }
    return config;
  }

  /** Reads the configuration of a request that must not fail for a wrong one: DEL and GC. */
  static BridgeConfig tolerant(CniRequest request) throws CniFailure {
    return request.config(BridgeConfig.class);
  }

  private void refuse(String key, Object value, Object supported) throws CniFailure {
    if (!value.equals(supported)) {
      throw CniFailure.unsupported(key, value);
    }
  }

  String bridgeName() {
    return bridge.isEmpty() ? DEFAULT_BRIDGE : bridge;
  }

  /** Whether the bridge gets an address in each subnet; a default gateway is a gateway. */
  boolean gateway() {
    return isGateway || isDefaultGateway;
  }

  boolean hasIpam() {
    return !ipam.type().isEmpty();
  }

  Optional<Integer> mtuIfSet() {
    return mtu == 0 ? Optional.empty() : Optional.of(mtu);
  }

  /** The hardware address that is asked for: the runtime's, then {@code args}, then CNI_ARGS. */
  Optional<MacAddress> mac(CniRequest request) throws CniFailure {
    Map<String, String> environment = request.argsByKey();
    String text = runtimeConfig.mac();
    if (text.isEmpty()) {
      text = args.cni().mac();
    }
    if (text.isEmpty()) {
      text = environment.getOrDefault("MAC", "");
    }
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(MacAddress.parse(text));
    } catch (IllegalArgumentException e) {
      throw CniFailure.config(String.valueOf(e.getMessage()));
    }
  }
}
