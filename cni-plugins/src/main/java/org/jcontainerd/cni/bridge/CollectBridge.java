package org.jcontainerd.cni.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.cni.HostNetwork;
import org.jcontainerd.cni.PluginDirectories;
import org.jcontainerd.cni.Undo;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.netlink.Link;
import org.jcontainerd.linux.netlink.LinkRequests;
import org.jcontainerd.linux.netlink.LinkTarget;
import org.jcontainerd.linux.netlink.Links;
import org.jcontainerd.oci.cni.CniAttachment;

/** GC: cables, addresses and masquerading of attachments that are no longer valid. */
final class CollectBridge {
  private final CniRequest request;
  private final BridgeConfig config;
  private final List<CniAttachment> valid;

  CollectBridge(CniRequest request, BridgeConfig config) throws CniFailure {
    this.request = request;
    this.config = config;
    this.valid = request.validAttachments();
  }

  void run() throws CniFailure {
    List<Undo.Step> steps = new ArrayList<>();
    steps.add(this::collectCables);
    if (config.hasIpam()) {
      steps.add(() -> {
        var _ = PluginDirectories.find(config.ipam().type(), request.path()).call(request);
      });
    }
    steps.add(this::collectMasquerade);
    Undo.attempt(steps);
  }

  private void collectCables() throws CniFailure {
    String network = request.network();
    Set<String> aliases =
        valid.stream().map(a -> VethEnds.alias(network, a)).collect(Collectors.toSet());
    try (var host = HostNetwork.open(request.host())) {
      for (Link link : Links.list(host.route())) {
        if (VethEnds.isOf(link, network) && !aliases.contains(link.alias())) {
          delete(host, link);
        }
      }
    } catch (IOException e) {
      throw CniFailure.io("collect links of network '" + network + "'", e);
    }
  }

  private static void delete(HostNetwork host, Link link) throws IOException {
    try {
      host.route().execute(LinkRequests.delete(LinkTarget.indexed(link.index())));
    } catch (LinuxException e) {
      if (!e.is(Errno.ENODEV)) { // went with its namespace meanwhile
        throw e;
      }
    }
  }

  private void collectMasquerade() throws CniFailure {
    try (var host = HostNetwork.open(request.host())) {
      new Masquerade(host, request.network()).removeAllBut(valid);
      Masquerade.SHARED.removeIfUnused(host.tables());
    } catch (IOException e) {
      throw CniFailure.io("collect masquerading of network '" + request.network() + "'", e);
    }
  }
}
