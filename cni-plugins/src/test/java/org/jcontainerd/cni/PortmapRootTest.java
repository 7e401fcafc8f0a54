package org.jcontainerd.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.netlink.IpText;
import org.jcontainerd.linux.netlink.LinkTarget;
import org.jcontainerd.linux.netlink.Links;
import org.jcontainerd.linux.netlink.NetlinkProtocol;
import org.jcontainerd.linux.netlink.NetlinkSocket;
import org.jcontainerd.linux.netlink.Route;
import org.jcontainerd.linux.netlink.RouteRequests;
import org.jcontainerd.linux.netns.NetworkNamespace;
import org.jcontainerd.linux.nftables.NftFamily;
import org.jcontainerd.linux.nftables.NftTable;
import org.jcontainerd.linux.nftables.Nftables;
import org.jcontainerd.oci.cni.CniResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two pods a and b on a bridge, and a machine outside that knows the host only. */
@Tag("root")
class PortmapRootTest {
  private static final String HOST = "10.66.0.1";
  private static final String HOST6 = "fd00:66::1";
  private static final NftTable TABLE = new NftTable(NftFamily.IP, "cni_hostport");

  @TempDir Path directory;
  private Testbed testbed;
  private Path a;
  private Path b;
  private Path outside;
  private CniResult resultA;

  @BeforeEach
  void makeHost() throws Exception {
    testbed = Testbed.in(directory);
    a = testbed.sandbox("a");
    b = testbed.sandbox("b");
    connectOutside();
    resultA = bridge("ida", a);
    var _ = bridge("idb", b);
  }

  @AfterEach
  void removeHost() throws IOException {
    testbed.close();
  }

  private void connectOutside() throws IOException {
    var _ = NetworkNamespace.call(testbed.host(), PortmapRootTest::settleAtOnce);
    outside = testbed.outside(HOST + "/24", "10.66.0.2/24");
    try (var near = NetlinkSocket.openIn(testbed.host(), NetlinkProtocol.ROUTE);
        var far = NetlinkSocket.openIn(outside, NetlinkProtocol.ROUTE)) {
      Testbed.address(near, "uplink", HOST6 + "/64");
      Testbed.address(far, "net0", "fd00:66::2/64");
      // It routes to the pods through the host: what passes by must not be captured.
      int link = Links.get(far, LinkTarget.named("net0")).index();
      far.execute(
          RouteRequests.add(Route.via(IpPrefix.parse("10.77.0.0/24"), IpText.parse(HOST), link)));
    }
  }

  /**
   * IPv6 link-local addresses are usable at once, as they are on a machine that runs for a while.
   */
  private static boolean settleAtOnce() throws IOException {
    Sysctl.set("ipv6/conf/default/accept_dad", "0");
    return true;
  }

  private CniResult bridge(String id, Path netns) throws CniFailure {
    String config =
        """
        {"cniVersion":"1.0.0","name":"testnet","type":"bridge","bridge":"br-test",
         "isDefaultGateway":true,"ipMasq":true,"hairpinMode":true,
         "ipam":{"type":"host-local","dataDir":"%s",
         "ranges":[[{"subnet":"10.77.0.0/24"}],[{"subnet":"fd00:77::/64"}]]}}
        """
            .formatted(testbed.data());
    return CniPlugins.call("bridge", testbed.request(CniVerb.ADD, id, Optional.of(netns), config))
        .orElseThrow();
  }

  private void portmap(CniVerb verb, String id, CniResult previous, String keys) throws CniFailure {
    String config =
        Testbed.withPrevious(
            "{\"cniVersion\":\"1.0.0\",\"name\":\"testnet\",\"type\":\"portmap\"," + keys + "}",
            previous);
    var _ = CniPlugins.call("portmap", testbed.request(verb, id, Optional.of(a), config));
  }

  private static String ports(String... mappings) {
    return "\"runtimeConfig\":{\"portMappings\":[" + String.join(",", mappings) + "]}";
  }

  private static String port(String protocol, String hostIp) {
    return "{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"%s\",\"hostIP\":\"%s\"}"
        .formatted(protocol, hostIp);
  }

  private List<String> comments() throws IOException {
    try (var nftables = Nftables.openIn(testbed.host())) {
      return nftables.rules(TABLE).stream()
          .filter(r -> !r.comment().isEmpty())
          .map(r -> r.chain() + " " + r.comment())
          .toList();
    }
  }

  @Test
  void tcp_isReachedFromEverywhere() throws Exception {
    portmap(CniVerb.ADD, "ida", resultA, ports(port("tcp", "")));
    portmap(CniVerb.CHECK, "ida", resultA, ports(port("tcp", "")));
    try (var _ = Banner.start(a, "a", 80)) {
      assertEquals("a 10.66.0.2", Banner.tcp(outside, HOST, 8080), "the client's own address");
      assertEquals("a fd00:66::2", Banner.tcp(outside, HOST6, 8080));
      assertEquals("a 10.77.0.1", Banner.tcp(testbed.host(), "127.0.0.1", 8080), "localhost");
      assertTrue(Banner.tcp(testbed.host(), HOST, 8080).startsWith("a "), "the host itself");
      assertEquals("a 10.77.0.1", Banner.tcp(b, HOST, 8080), "a neighbour");
      assertEquals("a 10.77.0.1", Banner.tcp(b, "10.77.0.1", 8080), "a neighbour, by the bridge");
      assertEquals("a 10.77.0.1", Banner.tcp(a, HOST, 8080), "the pod itself");
      assertEquals("a fd00:77::1", Banner.tcp(b, HOST6, 8080), "a neighbour over IPv6");
      assertEquals("a 10.77.0.3", Banner.tcp(b, "10.77.0.2", 80), "direct stays direct");
    }
    portmap(CniVerb.DEL, "ida", resultA, ports(port("tcp", "")));
    portmap(CniVerb.DEL, "ida", resultA, ports(port("tcp", "")));
    assertEquals(List.of(), comments());
    assertThrows(IOException.class, () -> Banner.tcp(outside, HOST, 8080));
  }

  /**
   * Where bridged packets pass the packet rules (br_netfilter) answers of a neighbour come back
   * through the host by themselves, elsewhere only because they are masqueraded.
   */
  @Test
  void tcp_ofANeighbour_worksWithoutBridgeNetfilterToo() throws Exception {
    portmap(CniVerb.ADD, "ida", resultA, ports(port("tcp", "")));
    var _ = NetworkNamespace.call(testbed.host(), PortmapRootTest::bridgeNetfilterOff);
    try (var _ = Banner.start(a, "a", 80)) {
      assertEquals("a 10.77.0.1", Banner.tcp(b, HOST, 8080), "a neighbour");
      assertEquals("a 10.77.0.1", Banner.tcp(a, HOST, 8080), "the pod itself");
      assertEquals("a fd00:77::1", Banner.tcp(b, HOST6, 8080), "a neighbour over IPv6");
    }
  }

  private static boolean bridgeNetfilterOff() throws IOException {
    Sysctl.set("bridge/bridge-nf-call-iptables", "0");
    Sysctl.set("bridge/bridge-nf-call-ip6tables", "0");
    return true;
  }

  /** CVE-2025-67499: only what is for this host may be led elsewhere. */
  @Test
  void transit_toTheSamePortOfAnotherMachine_isNotCaptured() throws Exception {
    portmap(CniVerb.ADD, "ida", resultA, ports(port("tcp", ""), port("udp", "")));
    try (var _ = Banner.start(a, "a", 80);
        var _ = Banner.start(b, "b", 8080);
        var _ = Banner.start(outside, "outside", 8080)) {
      assertEquals("b 10.66.0.2", Banner.tcp(outside, "10.77.0.3", 8080));
      assertEquals("b 10.66.0.2", Banner.udp(outside, "10.77.0.3", 8080));
      assertEquals("outside 10.66.0.1", Banner.tcp(b, "10.66.0.2", 8080), "masqueraded");
    }
  }

  @Test
  void hostIp_leadsOnlyFromThatAddress() throws Exception {
    portmap(CniVerb.ADD, "ida", resultA, ports(port("tcp", HOST)));
    try (var _ = Banner.start(a, "a", 80)) {
      assertEquals("a 10.66.0.2", Banner.tcp(outside, HOST, 8080));
      assertThrows(IOException.class, () -> Banner.tcp(b, "10.77.0.1", 8080));
      assertThrows(IOException.class, () -> Banner.tcp(outside, HOST6, 8080));
    }
  }

  /** A client that keeps sending is a known connection to the kernel; it must find the new pod. */
  @Test
  void udp_portGoesToAnotherPod_staleConnectionsAreForgotten() throws Exception {
    try (var _ = Banner.start(testbed.host(), "host", 8080);
        var client = new UdpClient(outside, HOST, 8080);
        var _ = Banner.start(a, "a", 80)) {
      assertEquals("host 10.66.0.2", client.ask());
      portmap(CniVerb.ADD, "ida", resultA, ports(port("udp", "")));
      assertEquals("a 10.66.0.2", client.ask());
    }
  }

  @Test
  void check_ruleRemovedByHand_fails() throws Exception {
    portmap(CniVerb.ADD, "ida", resultA, ports(port("tcp", "")));
    try (var nftables = Nftables.openIn(testbed.host())) {
      var transaction = new org.jcontainerd.linux.nftables.NftTransaction();
      nftables.rules(TABLE, "hostports").forEach(transaction::deleteRule);
      nftables.commit(transaction);
    }
    var failure =
        assertThrows(
            CniFailure.class, () -> portmap(CniVerb.CHECK, "ida", resultA, ports(port("tcp", ""))));
    assertEquals("host ports: missing rules in 'hostports'", failure.getMessage());
  }

  @Test
  void del_removesTheRulesOfThatContainerOnly() throws Exception {
    portmap(CniVerb.ADD, "ida", resultA, ports(port("tcp", "")));
    portmap(CniVerb.ADD, "idx", resultA, ports(port("udp", "")));
    portmap(CniVerb.DEL, "ida", resultA, ports(port("tcp", "")));
    assertEquals(
        List.of("hostports idx", "masquerading idx", "masquerading idx"),
        comments().stream().sorted().toList());
  }

  @Test
  void keysThatAreNotSupported_areRefusedByName() {
    for (String key :
        List.of("\"backend\":\"iptables\"", "\"conditionsV4\":[\"ip daddr 1.2.3.4\"]")) {
      var failure =
          assertThrows(
              CniFailure.class,
              () -> portmap(CniVerb.ADD, "ida", resultA, key + "," + ports(port("tcp", ""))));
      assertEquals(2, failure.code());
      assertTrue(failure.getMessage().endsWith("not supported yet"), failure.getMessage());
    }
  }
}
