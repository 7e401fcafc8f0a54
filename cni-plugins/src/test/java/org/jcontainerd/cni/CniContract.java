package org.jcontainerd.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jcontainerd.linux.netlink.AddressRequests;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.netlink.LinkRequests;
import org.jcontainerd.linux.netlink.LinkTarget;
import org.jcontainerd.linux.netlink.Links;
import org.jcontainerd.linux.netlink.NetlinkProtocol;
import org.jcontainerd.linux.netlink.NetlinkSocket;
import org.jcontainerd.oci.cni.CniResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What bridge, host-local, portmap and loopback promise, whoever wrote them and however called. */
abstract class CniContract {
  @TempDir Path directory;
  Testbed testbed;
  PluginCaller plugins;

  abstract PluginCaller plugins(Testbed testbed) throws IOException;

  @BeforeEach
  void makeHost() throws IOException {
    testbed = Testbed.in(directory);
    plugins = plugins(testbed);
  }

  @AfterEach
  void removeHost() throws IOException {
    testbed.close();
  }

  String bridge(String version, String more) {
    return """
    {"cniVersion":"%s","name":"testnet","type":"bridge","bridge":"br-test","isGateway":true,
     "ipMasq":true,"hairpinMode":true,%s "ipam":{"type":"host-local","dataDir":"%s",
     "ranges":[[{"subnet":"10.77.0.0/29"}]],"routes":[{"dst":"0.0.0.0/0"}]}}
    """
        .formatted(version, more, testbed.data());
  }

  CniResult add(String type, String id, Path netns, String config) throws CniFailure {
    return plugins
        .call(type, testbed.request(CniVerb.ADD, id, Optional.of(netns), config))
        .orElseThrow();
  }

  void call(CniVerb verb, String type, String id, Optional<Path> netns, String config)
      throws CniFailure {
    assertTrue(plugins.call(type, testbed.request(verb, id, netns, config)).isEmpty());
  }

  void delAfterFailedAdd(String id, Path netns, String config) throws CniFailure {
    try {
      call(CniVerb.DEL, "bridge", id, Optional.of(netns), config);
    } catch (CniFailure e) {
      if (plugins.speaksNewest() || !e.getMessage().contains("does not exist")) {
        throw e; // see PluginCaller for the one that is known
      }
    }
  }

  List<String> reserved() throws IOException {
    try (Stream<Path> files = Files.list(testbed.data().resolve("testnet"))) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(n -> n.startsWith("10."))
          .sorted()
          .toList();
    }
  }

  private long veths() throws IOException {
    return Testbed.links(testbed.host()).stream().filter(l -> l.kind().equals("veth")).count();
  }

  @Test
  void add_twoPods_reachEachOtherAndTheHost() throws Exception {
    Path a = testbed.sandbox("a");
    Path b = testbed.sandbox("b");
    String config = bridge("1.0.0", "");
    CniResult resultA = add("bridge", "ida", a, config);
    add("bridge", "idb", b, config);
    assertEquals("10.77.0.2/29", resultA.ips().getFirst().address());
    assertEquals("10.77.0.1", resultA.ips().getFirst().gateway());
    assertEquals(Optional.of(2), resultA.ips().getFirst().interfaceIndex());
    assertEquals("eth0", resultA.interfaces().get(2).name());
    assertEquals(a.toString(), resultA.interfaces().get(2).sandbox());
    try (var _ = Banner.start(a, "a", 80)) {
      assertEquals("a 10.77.0.3", Banner.tcp(b, "10.77.0.2", 80));
      assertEquals("a 10.77.0.1", Banner.tcp(testbed.host(), "10.77.0.2", 80));
    }
    call(CniVerb.CHECK, "bridge", "ida", Optional.of(a), Testbed.withPrevious(config, resultA));
  }

  @Test
  void add_chainWithPortmap_portLeadsToThePod() throws Exception {
    Path a = testbed.sandbox("a");
    Path b = testbed.sandbox("b");
    String config = bridge("1.0.0", "");
    CniResult result = add("bridge", "ida", a, config);
    add("bridge", "idb", b, config);
    String ports = portmap("8080");
    String chained = Testbed.withPrevious(ports, result);
    CniResult passedOn = add("portmap", "ida", a, chained);
    assertEquals(result.ips(), passedOn.ips());
    try (var _ = Banner.start(a, "a", 80)) {
      assertEquals("a 10.77.0.1", Banner.tcp(testbed.host(), "127.0.0.1", 8080));
      assertEquals("a 10.77.0.1", Banner.tcp(b, "10.77.0.1", 8080), "a neighbour");
      assertEquals("a 10.77.0.1", Banner.tcp(a, "10.77.0.1", 8080), "the pod itself");
      if (plugins.speaksNewest()) {
        call(CniVerb.CHECK, "portmap", "ida", Optional.of(a), chained);
      }
      call(CniVerb.DEL, "portmap", "ida", Optional.of(a), chained);
      call(CniVerb.DEL, "portmap", "ida", Optional.empty(), chained);
      assertThrows(IOException.class, () -> Banner.tcp(b, "10.77.0.1", 8080));
    }
  }

  @Test
  void add_ipMasq_hidesThePodFromOtherNetworks() throws Exception {
    Path a = testbed.sandbox("a");
    Path outside = testbed.outside("10.66.0.1/24", "10.66.0.2/24");
    CniResult result = add("bridge", "ida", a, bridge("1.0.0", ""));
    try (var _ = Banner.start(outside, "outside", 80)) {
      assertEquals("outside 10.66.0.1", Banner.tcp(a, "10.66.0.2", 80));
    }
    String config = Testbed.withPrevious(bridge("1.0.0", ""), result);
    call(CniVerb.DEL, "bridge", "ida", Optional.of(a), config);
  }

  @Test
  void add_noAddressLeft_failsAndLeavesNothing() throws Exception {
    for (int i = 0; i < 5; i++) {
      add("bridge", "id" + i, testbed.sandbox("s" + i), bridge("1.0.0", ""));
    }
    Path last = testbed.sandbox("last");
    var failure =
        assertThrows(CniFailure.class, () -> add("bridge", "last", last, bridge("1.0.0", "")));
    assertTrue(failure.getMessage().contains("no IP addresses available"), failure.getMessage());
    call(CniVerb.DEL, "bridge", "last", Optional.of(last), bridge("1.0.0", ""));
    assertEquals(1, Testbed.links(last).size(), "lo");
    assertEquals(5, veths());
    call(CniVerb.DEL, "bridge", "id3", Optional.empty(), bridge("1.0.0", ""));
    assertEquals(
        "10.77.0.5/29",
        add("bridge", "last", last, bridge("1.0.0", "")).ips().getFirst().address(),
        "the one that was freed");
  }

  @Test
  void del_twiceAndWithoutTheNamespace_succeeds() throws Exception {
    Path a = testbed.sandbox("a");
    CniResult result = add("bridge", "ida", a, bridge("1.0.0", ""));
    String config = Testbed.withPrevious(bridge("1.0.0", ""), result);
    call(CniVerb.DEL, "bridge", "ida", Optional.of(a), config);
    assertEquals(1, Testbed.links(a).size(), "lo");
    assertEquals(0, veths());
    assertEquals(List.of(), reserved());
    call(CniVerb.DEL, "bridge", "ida", Optional.of(a), config);
    call(CniVerb.DEL, "bridge", "ida", Optional.empty(), config);
    call(CniVerb.DEL, "bridge", "ida", Optional.of(directory.resolve("gone")), config);
    call(CniVerb.DEL, "bridge", "ida", Optional.empty(), bridge("1.0.0", ""));
    call(CniVerb.DEL, "bridge", "never", Optional.of(a), bridge("1.0.0", ""));
  }

  @Test
  void check_afterTampering_fails() throws Exception {
    Path a = testbed.sandbox("a");
    CniResult result = add("bridge", "ida", a, bridge("1.0.0", ""));
    String config = Testbed.withPrevious(bridge("1.0.0", ""), result);
    call(CniVerb.CHECK, "bridge", "ida", Optional.of(a), config);
    try (var socket = NetlinkSocket.openIn(a, NetlinkProtocol.ROUTE)) {
      int link = Links.get(socket, LinkTarget.named("eth0")).index();
      socket.execute(AddressRequests.delete(link, IpPrefix.parse("10.77.0.2/29")));
    }
    checkFails(a, config);
    try (var socket = NetlinkSocket.openIn(a, NetlinkProtocol.ROUTE)) {
      socket.execute(LinkRequests.delete(LinkTarget.named("eth0")));
    }
    checkFails(a, config);
  }

  private void checkFails(Path netns, String config) {
    assertThrows(
        CniFailure.class, () -> call(CniVerb.CHECK, "bridge", "ida", Optional.of(netns), config));
  }

  @Test
  void add_interfaceExists_failsAndKeepsIt() throws Exception {
    Path a = testbed.sandbox("a");
    CniResult result = add("bridge", "ida", a, bridge("1.0.0", ""));
    assertThrows(CniFailure.class, () -> add("bridge", "ida", a, bridge("1.0.0", "")));
    String config = Testbed.withPrevious(bridge("1.0.0", ""), result);
    call(CniVerb.CHECK, "bridge", "ida", Optional.of(a), config);
  }

  @Test
  void add_requestedAddress_isGivenOnce() throws Exception {
    String wanted = "\"args\":{\"cni\":{\"ips\":[\"10.77.0.4\"]}},";
    Path a = testbed.sandbox("a");
    Path b = testbed.sandbox("b");
    CniResult result = add("bridge", "ida", a, bridge("1.0.0", wanted));
    assertEquals("10.77.0.4/29", result.ips().getFirst().address());
    var failure =
        assertThrows(CniFailure.class, () -> add("bridge", "idb", b, bridge("1.0.0", wanted)));
    assertTrue(failure.getMessage().contains("10.77.0.4"), failure.getMessage());
    assertTrue(failure.getMessage().contains("not available"), failure.getMessage());
  }

  @Test
  void add_bridgeHasAnotherAddress_needsForceAddress() throws Exception {
    add("bridge", "ida", testbed.sandbox("a"), bridge("1.0.0", ""));
    String other = bridge("1.0.0", "").replace("10.77.0.0/29", "10.78.0.0/29");
    String forced = other.replace("\"isGateway\"", "\"forceAddress\":true,\"isGateway\"");
    Path b = testbed.sandbox("b");
    assertThrows(CniFailure.class, () -> add("bridge", "idb", b, other));
    delAfterFailedAdd("idb", b, other);
    assertEquals("10.78.0.1", add("bridge", "idb", b, forced).ips().getFirst().gateway());
  }

  @Test
  void add_eachVersion_answersInThatVersion() throws Exception {
    var versions = new ArrayList<>(List.of("0.3.1", "0.4.0", "1.0.0"));
    if (plugins.speaksNewest()) {
      versions.add("1.1.0");
    }
    for (String version : versions) {
      Path netns = testbed.sandbox("v" + version);
      CniResult result = add("bridge", "id" + version, netns, bridge(version, ""));
      assertEquals(version, result.cniVersion());
      assertEquals(version.startsWith("0") ? "4" : "", result.ips().getFirst().version());
      String config = Testbed.withPrevious(bridge(version, ""), result);
      call(CniVerb.DEL, "bridge", "id" + version, Optional.of(netns), config);
    }
  }

  @Test
  void loopback_bringsLoUp() throws Exception {
    Path a = testbed.sandbox("a");
    try (var socket = NetlinkSocket.openIn(a, NetlinkProtocol.ROUTE)) {
      socket.execute(LinkRequests.change(LinkTarget.named("lo")).down().request());
    }
    String config = "{\"cniVersion\":\"1.0.0\",\"name\":\"lo\",\"type\":\"loopback\"}";
    CniResult result = add("loopback", "ida", a, config);
    assertEquals("lo", result.interfaces().getFirst().name());
    assertTrue(Testbed.links(a).getFirst().up());
    call(CniVerb.DEL, "loopback", "ida", Optional.of(a), config);
    assertFalse(Testbed.links(a).getFirst().up());
  }

  @Test
  void wrongRequests_areRefusedWithTheirCode() throws Exception {
    Path a = testbed.sandbox("a");
    String config = bridge("1.0.0", "");
    assertEquals(1, refused("ida", a, config.replace("1.0.0", "9.9.9")));
    assertEquals(4, refused("-ida", a, config));
  }

  private int refused(String id, Path netns, String config) {
    return assertThrows(CniFailure.class, () -> add("bridge", id, netns, config)).code();
  }

  @Test
  void gc_releasesWhatIsNotValid() throws Exception {
    assumeTrue(plugins.speaksNewest(), "these plugins do not speak 1.1.0, so have no GC");
    String config = bridge("1.1.0", "");
    Path a = testbed.sandbox("a");
    CniResult kept = add("bridge", "ida", a, config);
    add("bridge", "idb", testbed.sandbox("b"), config);
    String valid =
        config.replaceFirst(
            "\\{",
            "{\"cni.dev/valid-attachments\":[{\"containerID\":\"ida\",\"ifname\":\"eth0\"}],");
    call(CniVerb.GC, "bridge", "", Optional.empty(), valid);
    assertEquals(List.of("10.77.0.2"), reserved());
    assertEquals(1, veths());
    call(CniVerb.CHECK, "bridge", "ida", Optional.of(a), Testbed.withPrevious(config, kept));
    call(CniVerb.STATUS, "bridge", "", Optional.empty(), config);
  }

  @Test
  void del_ofTheLastContainer_leavesNoPacketRules() throws Exception {
    String ports = portmap("8080");
    String otherPorts = portmap("9090");
    Path a = testbed.sandbox("a");
    Path b = testbed.sandbox("b");
    CniResult resultA = add("bridge", "ida", a, bridge("1.0.0", ""));
    CniResult resultB = add("bridge", "idb", b, bridge("1.0.0", ""));
    add("portmap", "ida", a, Testbed.withPrevious(ports, resultA));
    add("portmap", "idb", b, Testbed.withPrevious(otherPorts, resultB));
    call(CniVerb.DEL, "portmap", "ida", Optional.of(a), Testbed.withPrevious(ports, resultA));
    String bridge = bridge("1.0.0", "");
    call(CniVerb.DEL, "bridge", "ida", Optional.of(a), Testbed.withPrevious(bridge, resultA));
    try (var _ = Banner.start(b, "b", 80)) {
      assertEquals("b 10.77.0.1", Banner.tcp(testbed.host(), "127.0.0.1", 9090), "still there");
    }
    call(CniVerb.DEL, "portmap", "idb", Optional.of(b), Testbed.withPrevious(otherPorts, resultB));
    call(CniVerb.DEL, "bridge", "idb", Optional.of(b), Testbed.withPrevious(bridge, resultB));
    assumeTrue(
        plugins.speaksNewest(),
        "these plugins drive iptables, which leaves its tables and their chains CNI-HOSTPORT-*");
    assertEquals("", testbed.ruleset());
  }

  private static String portmap(String hostPort) {
    return """
    {"cniVersion":"1.0.0","name":"testnet","type":"portmap","runtimeConfig":{"portMappings":
     [{"hostPort":%s,"containerPort":80,"protocol":"tcp"}]}}
    """
        .formatted(hostPort);
  }
}
