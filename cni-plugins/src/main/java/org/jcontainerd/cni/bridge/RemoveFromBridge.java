package org.jcontainerd.cni.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.cni.HostNetwork;
import org.jcontainerd.cni.PluginDirectories;
import org.jcontainerd.cni.SandboxNetwork;
import org.jcontainerd.cni.Undo;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.netlink.Link;
import org.jcontainerd.linux.netlink.LinkRequests;
import org.jcontainerd.linux.netlink.LinkTarget;
import org.jcontainerd.linux.netlink.Links;
import org.jcontainerd.linux.netlink.MacAddress;
import org.jcontainerd.oci.cni.CniAttachment;
import org.jcontainerd.oci.cni.CniInterface;
import org.jcontainerd.oci.cni.CniResult;

/**
 * DEL: whatever is left of the cable, the addresses and the masquerading. The cable goes first, so
 * that its addresses are not used again while it still answers for them.
 */
final class RemoveFromBridge {
  private final CniRequest request;
  private final BridgeConfig config;
  private final CniAttachment attachment;

  RemoveFromBridge(CniRequest request, BridgeConfig config) {
    this.request = request;
    this.config = config;
    this.attachment = new CniAttachment(request.containerId(), request.ifname());
  }

  void run() throws CniFailure {
    List<Undo.Step> steps = new ArrayList<>();
    steps.add(this::removeCable);
    if (config.hasIpam()) {
      steps.add(() -> {
        var _ = PluginDirectories.find(config.ipam().type(), request.path()).call(request);
      });
    }
    if (config.ipMasq()) {
      steps.add(this::removeMasquerade);
    }
    Undo.attempt(steps);
  }

  private void removeCable() throws CniFailure {
    try (var host = HostNetwork.open(request.host())) {
      Optional<Link> near = nearEnd(host);
      if (near.isPresent() && request.sandboxEnds()) {
        cutOff(host, near.get());
        return;
      }
      if (near.isPresent()) {
        delete(host, near.get());
      } else {
        removeFarEnd();
      }
    } catch (IOException e) {
      throw CniFailure.io("remove '" + request.ifname() + "'", e);
    }
  }

  /** The host's end by the result of ADD, if it is still that one. */
  private Optional<Link> nearEnd(HostNetwork host) throws IOException, CniFailure {
    List<CniInterface> interfaces = request.previous().map(CniResult::interfaces).orElse(List.of());
    String alias = VethEnds.alias(request.network(), attachment);
    for (CniInterface candidate : interfaces) {
      if (!candidate.sandbox().isEmpty() || candidate.name().equals(config.bridgeName())) {
        continue;
      }
      Optional<Link> link = Links.find(host.route(), LinkTarget.named(candidate.name()));
      if (link.isPresent()
          && link.get().kind().equals("veth")
          && (link.get().alias().equals(alias) || hasMac(link.get(), candidate.mac()))) {
        return link;
      }
    }
    return Optional.empty();
  }

  private static boolean hasMac(Link link, String mac) {
    return link.mac().map(MacAddress::toString).filter(mac::equals).isPresent();
  }

  /** Nothing passes from here on; the rest goes with the namespace. */
  private static void cutOff(HostNetwork host, Link near) throws IOException {
    try {
      host.route()
          .execute(LinkRequests.change(LinkTarget.indexed(near.index())).portCutOff().request());
    } catch (LinuxException e) {
      if (e.is(Errno.ENODEV)) {
        return; // the namespace was faster
      }
      if (!e.is(Errno.EOPNOTSUPP)) {
        throw e;
      }
      delete(host, near); // no port of a bridge any more
    }
  }

  private static void delete(HostNetwork host, Link near) throws IOException {
    try {
      host.route().execute(LinkRequests.delete(LinkTarget.indexed(near.index())));
    } catch (LinuxException e) {
      if (!e.is(Errno.ENODEV)) { // the namespace was faster
        throw e;
      }
    }
  }

  /** Without a result that names the host's end: by the name in the sandbox. */
  private void removeFarEnd() throws IOException, CniFailure {
    try (var sandbox = SandboxNetwork.find(request).orElse(null)) {
      if (sandbox == null) {
        return;
      }
      try (var inside = sandbox.openRoute()) {
        inside.execute(LinkRequests.delete(LinkTarget.named(request.ifname())));
      } catch (LinuxException e) {
        if (!e.is(Errno.ENODEV)) { // deleted before: DEL may come twice
          throw e;
        }
      }
    }
  }

  private void removeMasquerade() throws CniFailure {
    try (var host = HostNetwork.open(request.host())) {
      new Masquerade(host, request.network()).remove(attachment);
      if (!request.sandboxEnds()) {
        Masquerade.SHARED.removeIfUnused(host.tables());
      }
    } catch (IOException e) {
      throw CniFailure.io("remove masquerading", e);
    }
  }
}
