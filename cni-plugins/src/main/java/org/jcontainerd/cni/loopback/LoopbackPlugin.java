package org.jcontainerd.cni.loopback;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniPlugin;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.cni.SandboxNetwork;
import org.jcontainerd.linux.netlink.Address;
import org.jcontainerd.linux.netlink.Addresses;
import org.jcontainerd.linux.netlink.Link;
import org.jcontainerd.linux.netlink.LinkRequests;
import org.jcontainerd.linux.netlink.LinkTarget;
import org.jcontainerd.linux.netlink.Links;
import org.jcontainerd.linux.netlink.NetlinkSocket;
import org.jcontainerd.oci.cni.CniDns;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniInterface;
import org.jcontainerd.oci.cni.CniIp;
import org.jcontainerd.oci.cni.CniResult;

/** Brings {@code lo} up; the interface name of the request means nothing to it. */
public final class LoopbackPlugin implements CniPlugin {
  private static final LinkTarget LO = LinkTarget.named("lo");

  @Override
  public CniResult add(CniRequest request) throws CniFailure {
    try (var sandbox = SandboxNetwork.open(request);
        var route = sandbox.openRoute()) {
      Link lo = Links.get(route, LO);
      if (!lo.up()) {
        route.execute(LinkRequests.change(LO).up().request());
      }
      var previous = request.previous();
      return previous.isPresent() ? previous.get() : result(request, route, lo);
    } catch (IOException e) {
      throw CniFailure.io("set up lo", e);
    }
  }

  private static CniResult result(CniRequest request, NetlinkSocket route, Link lo)
      throws IOException, CniFailure {
    List<CniIp> ips = new ArrayList<>();
    for (Address address : Addresses.of(route, lo.index())) {
      if (!address.prefix().address().isLoopbackAddress()) {
        throw CniFailure.of(CniError.INTERNAL, "lo has the address '" + address.prefix() + "'");
      }
      ips.add(new CniIp("", Optional.of(0), address.prefix().toString(), ""));
    }
    String sandbox = request.netns().orElseThrow().toString();
    return new CniResult(
        request.version().toString(),
        List.of(CniInterface.of("lo", "00:00:00:00:00:00", sandbox)),
        ips,
        List.of(),
        CniDns.NONE);
  }

  @Override
  public void del(CniRequest request) throws CniFailure {
    if (request.sandboxEnds()) {
      return;
    }
    try (var sandbox = SandboxNetwork.find(request).orElse(null)) {
      if (sandbox == null) {
        return; // the interface went with its namespace
      }
      try (var route = sandbox.openRoute()) {
        route.execute(LinkRequests.change(LO).down().request());
      }
    } catch (IOException e) {
      throw CniFailure.io("set down lo", e);
    }
  }

  @Override
  public void check(CniRequest request) throws CniFailure {
    try (var sandbox = SandboxNetwork.open(request);
        var route = sandbox.openRoute()) {
      if (!Links.get(route, LO).up()) {
        throw CniFailure.of(CniError.INTERNAL, "lo is down");
      }
    } catch (IOException e) {
      throw CniFailure.io("check lo", e);
    }
  }

  @Override
  public void gc(CniRequest request) {
    // nothing of it is outside of its namespace
  }

  @Override
  public void status(CniRequest request) {
    // always able
  }
}
