package org.jcontainerd.cni.bridge;

import java.io.IOException;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniHost;
import org.jcontainerd.cni.CniPlugin;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.cni.HostNetwork;
import org.jcontainerd.cni.PluginDirectories;
import org.jcontainerd.cni.SharedTable;
import org.jcontainerd.oci.cni.CniResult;

/** Connects sandboxes to a bridge on the host by a veth pair each. */
public final class BridgePlugin implements CniPlugin {
  /** Removes the table of masquerading if no container uses it, see {@link SharedTable}. */
  public static void removeUnusedTable(CniHost host) throws CniFailure {
    try (var network = HostNetwork.open(host)) {
      Masquerade.SHARED.removeIfUnused(network.tables());
    } catch (IOException e) {
      throw CniFailure.io("remove unused table of masquerading", e);
    }
  }

  @Override
  public CniResult add(CniRequest request) throws CniFailure {
    return new AddToBridge(request, BridgeConfig.of(request)).run();
  }

  @Override
  public void del(CniRequest request) throws CniFailure {
    new RemoveFromBridge(request, BridgeConfig.tolerant(request)).run();
  }

  @Override
  public void check(CniRequest request) throws CniFailure {
    new CheckBridge(request, BridgeConfig.of(request)).run();
  }

  @Override
  public void gc(CniRequest request) throws CniFailure {
    new CollectBridge(request, BridgeConfig.tolerant(request)).run();
  }

  @Override
  public void status(CniRequest request) throws CniFailure {
    BridgeConfig config = BridgeConfig.of(request);
    if (config.hasIpam()) {
      var _ = PluginDirectories.find(config.ipam().type(), request.path()).call(request);
    }
  }
}
