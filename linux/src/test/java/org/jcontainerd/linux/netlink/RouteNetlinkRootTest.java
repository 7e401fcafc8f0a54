package org.jcontainerd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.netns.NamespaceFile;
import org.jcontainerd.linux.netns.NetworkNamespace;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links, addresses and routes in two namespaces of their own. */
@Tag("root")
class RouteNetlinkRootTest {
  @TempDir Path directory;
  private Path near;
  private Path far;
  private NetlinkSocket socket;

  @BeforeEach
  void open() throws IOException {
    near = directory.resolve("near");
    far = directory.resolve("far");
    NetworkNamespace.create(near);
    NetworkNamespace.create(far);
    socket = NetlinkSocket.openIn(near, NetlinkProtocol.ROUTE);
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
    NetworkNamespace.delete(near);
    NetworkNamespace.delete(far);
  }

  private int bridge(String name) throws IOException {
    socket.execute(
        List.of(
            LinkRequests.createBridge(name, Optional.empty(), Optional.empty()),
            LinkRequests.change(LinkTarget.named(name)).up().request()));
    return Links.get(socket, LinkTarget.named(name)).index();
  }

  @Test
  void openIn_doesNotMoveTheCaller() throws IOException {
    assertEquals(List.of("lo"), Links.list(socket).stream().map(Link::name).toList());
    try (var here = NetlinkSocket.open(NetlinkProtocol.ROUTE)) {
      bridge("only-near");
      assertEquals(Optional.empty(), Links.find(here, LinkTarget.named("only-near")));
    }
  }

  @Test
  void veth_isMadeAcrossNamespacesInOneStep() throws IOException {
    int bridge = bridge("br0");
    var random = new SecureRandom();
    var nearMac = MacAddress.random(random);
    var farMac = MacAddress.random(random);
    try (var netns = NamespaceFile.open(far).orElseThrow()) {
      socket.execute(
          List.of(
              LinkRequests.createVeth(
                  new VethPair(
                      new VethPair.End("vn", nearMac),
                      new VethPair.End("eth0", farMac),
                      netns,
                      Optional.of(1400),
                      Optional.of(bridge))),
              LinkRequests.change(LinkTarget.named("vn")).alias("a pod").hairpin(true).request()));
    }
    Link vn = Links.get(socket, LinkTarget.named("vn"));
    assertEquals("veth", vn.kind());
    assertEquals(Optional.of(bridge), vn.master());
    assertEquals(Optional.of(nearMac), vn.mac());
    assertEquals(1400, vn.mtu());
    assertEquals("a pod", vn.alias());
    assertTrue(vn.up());
    try (var inside = NetlinkSocket.openIn(far, NetlinkProtocol.ROUTE)) {
      Link eth0 = Links.get(inside, LinkTarget.named("eth0"));
      assertEquals(Optional.of(farMac), eth0.mac());
      assertEquals(vn.peer(), Optional.of(eth0.index()));
      inside.execute(
          List.of(
              LinkRequests.change(LinkTarget.indexed(eth0.index())).rename("net1").request(),
              LinkRequests.delete(LinkTarget.named("net1"))));
    }
    assertEquals(Optional.empty(), Links.find(socket, LinkTarget.named("vn")));
  }

  @Test
  void addressesAndRoutes_areListedAsAdded() throws IOException {
    int bridge = bridge("br0");
    socket.execute(
        List.of(
            AddressRequests.add(bridge, IpPrefix.parse("10.5.0.1/24"), Set.of()),
            AddressRequests.add(
                bridge,
                IpPrefix.parse("fd05::1/64"),
                Set.of(AddressRequests.Option.NO_DUPLICATE_DETECTION)),
            RouteRequests.add(
                new Route(
                    IpPrefix.parse("10.6.0.0/16"),
                    Optional.of(IpText.parse("10.5.0.9")),
                    bridge,
                    100,
                    Optional.empty(),
                    7,
                    1300,
                    1200))));
    List<String> addresses =
        Addresses.of(socket, bridge).stream().map(a -> a.prefix().toString()).toList();
    assertTrue(addresses.containsAll(List.of("10.5.0.1/24", "fd05::1/64")), addresses.toString());
    Route route = Routes.list(socket, 100).getFirst();
    assertEquals("10.6.0.0/16", route.destination().toString());
    assertEquals(
        List.of(7, 1300, 1200), List.of(route.priority(), route.mtu(), route.advertisedMss()));
    assertEquals(bridge, Routes.to(socket, IpText.parse("10.5.0.77")).link());
    socket.execute(
        List.of(
            RouteRequests.delete(route),
            AddressRequests.delete(bridge, IpPrefix.parse("10.5.0.1/24"))));
    assertEquals(List.of(), Routes.list(socket, 100));
  }

  @Test
  void refusal_carriesTheKernelsWords() throws IOException {
    int bridge = bridge("br0");
    IpPrefix address = IpPrefix.parse("10.5.0.1/24");
    socket.execute(AddressRequests.add(bridge, address, Set.of()));
    var twice =
        assertThrows(
            LinuxException.class,
            () -> socket.execute(AddressRequests.add(bridge, address, Set.of())));
    assertTrue(twice.is(Errno.EEXIST));
    assertTrue(
        twice.getMessage().contains("add address '10.5.0.1/24' to link index"), twice.getMessage());
    var far =
        assertThrows(
            LinuxException.class,
            () ->
                socket.execute(
                    RouteRequests.add(
                        Route.via(
                            IpPrefix.parse("0.0.0.0/0"), IpText.parse("192.0.2.1"), bridge))));
    assertTrue(far.getMessage().contains("Nexthop has invalid gateway"), far.getMessage());
  }

  /** Many links do not fit one datagram of a dump. */
  @Test
  void list_manyLinks_areAllThere() throws IOException {
    socket.execute(
        IntStream.range(0, 150)
            .mapToObj(i -> LinkRequests.createBridge("b" + i, Optional.empty(), Optional.empty()))
            .toList());
    assertEquals(151, Links.list(socket).size());
  }
}
