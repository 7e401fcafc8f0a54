package org.jcontainerd.cni.portmap;

import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniPlugin;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.oci.cni.CniResult;

/** placeholder. */
public final class PortmapPlugin implements CniPlugin {
  @Override
  public CniResult add(CniRequest r) throws CniFailure {
    return r.previous().orElseThrow();
  }

  @Override
  public void del(CniRequest r) {}

  @Override
  public void check(CniRequest r) {}

  @Override
  public void gc(CniRequest r) {}

  @Override
  public void status(CniRequest r) {}
}
