package org.jcontainerd.cni.bridge;

import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniPlugin;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.cni.PluginDirectories;
import org.jcontainerd.oci.cni.CniResult;

/** Connects sandboxes to a bridge on the host by a veth pair each. */
public final class BridgePlugin implements CniPlugin {
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
