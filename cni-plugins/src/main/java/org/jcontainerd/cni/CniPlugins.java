package org.jcontainerd.cni;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.cni.bridge.BridgePlugin;
import org.jcontainerd.cni.hostlocal.HostLocalPlugin;
import org.jcontainerd.cni.loopback.LoopbackPlugin;
import org.jcontainerd.cni.portmap.PortmapPlugin;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniResult;
import org.jcontainerd.oci.cni.CniVersion;

/** The plugins of this project by name, for callers in the same process and for the program. */
public final class CniPlugins {
  private static final Map<String, CniPlugin> BY_NAME =
      Map.of(
          "bridge", new BridgePlugin(),
          "host-local", new HostLocalPlugin(),
          "loopback", new LoopbackPlugin(),
          "portmap", new PortmapPlugin());

  private CniPlugins() {}

  /** Whether there is a plugin of that name. */
  public static boolean has(String name) {
    return BY_NAME.containsKey(name);
  }

  /**
   * Calls a plugin; call from a platform thread.
   *
   * @param name one that {@link #has} knows
   * @return the result of ADD in the version of the configuration; empty for the other verbs
   * @throws CniFailure what the program would have printed
   */
  public static Optional<CniResult> call(String name, CniRequest request) throws CniFailure {
    CniPlugin plugin = BY_NAME.get(name);
    if (plugin == null) {
      throw CniFailure.of(CniError.INTERNAL, "plugin '" + name + "': none of ours");
    }
    CniVersion version = request.version();
    CniEnvironment.validate(request, version);
    switch (request.verb()) {
      case ADD -> {
        return Optional.of(plugin.add(request).as(version));
      }
      case DEL -> plugin.del(request);
      case CHECK -> plugin.check(request);
      case GC -> plugin.gc(request);
      case STATUS -> plugin.status(request);
      case VERSION -> throw CniFailure.of(CniError.INTERNAL, "VERSION needs no plugin");
    }
    return Optional.empty();
  }

  /**
   * Removes the tables of packet rules that no container uses any more, as DEL does by itself where
   * it is not told that the sandbox ends. Tables that hold anything of anybody are left as they
   * are. Call from a platform thread.
   */
  public static void removeUnusedTables(CniHost host) throws CniFailure {
    Undo.attempt(
        List.of(
            () -> BridgePlugin.removeUnusedTable(host),
            () -> PortmapPlugin.removeUnusedTables(host)));
  }
}
