package org.jcontainerd.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.netlink.Link;
import org.jcontainerd.linux.netns.NetworkNamespace;
import org.jcontainerd.oci.cni.CniResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class BridgeRootTest {
  @TempDir Path directory;
  private Testbed testbed;

  @BeforeEach
  void makeHost() throws IOException {
    testbed = Testbed.in(directory);
  }

  @AfterEach
  void removeHost() throws IOException {
    testbed.close();
  }

  private String config(String more) {
    return """
    {"cniVersion":"1.1.0","name":"testnet","type":"bridge","bridge":"br-test","isDefaultGateway":true,
     "ipMasq":true,"hairpinMode":true,%s
     "ipam":{"type":"host-local","dataDir":"%s",
       "ranges":[[{"subnet":"10.77.0.0/29"}],[{"subnet":"fd00:77::/64"}]]}}
    """
        .formatted(more, testbed.data());
  }

  private CniResult add(String id, Path netns, String config) throws CniFailure {
    return CniPlugins.call("bridge", testbed.request(CniVerb.ADD, id, Optional.of(netns), config))
        .orElseThrow();
  }

  private void call(CniVerb verb, String id, Optional<Path> netns, String config)
      throws CniFailure {
    assertTrue(CniPlugins.call("bridge", testbed.request(verb, id, netns, config)).isEmpty());
  }

  private long reservations() throws IOException {
    Path dir = testbed.data().resolve("testnet");
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(n -> !n.equals("lock") && !n.startsWith("last_"))
          .count();
    }
  }

  private static InetAddress address(CniResult result, int index) {
    return IpPrefix.parse(result.ips().get(index).address()).address();
  }

  /** Whether a TCP connection from one namespace to a server in another works, both ways. */
  private static void connects(Path from, Path to, InetAddress address) throws IOException {
    try (ServerSocket server = NetworkNamespace.call(to, () -> new ServerSocket(0, 1, address))) {
      var target = new InetSocketAddress(address, server.getLocalPort());
      String peer =
          NetworkNamespace.call(
              from,
              () -> {
                try (var client = new Socket()) {
                  client.connect(target, 2000);
                  try (Socket accepted = server.accept()) {
                    accepted.getOutputStream().write(42);
                    assertEquals(42, client.getInputStream().read());
                    return accepted.getRemoteSocketAddress().toString();
                  }
                }
              });
      assertFalse(peer.isEmpty());
    }
  }

  @Test
  void add_twoSandboxes_reachEachOtherAndTheHostOverBothFamilies() throws Exception {
    Path a = testbed.sandbox("a");
    Path b = testbed.sandbox("b");
    CniResult resultA = add("ida", a, config(""));
    CniResult resultB = add("idb", b, config(""));
    for (int family = 0; family < 2; family++) {
      connects(a, b, address(resultB, family));
      connects(b, a, address(resultA, family));
      connects(testbed.host(), a, address(resultA, family));
    }
    call(CniVerb.CHECK, "ida", Optional.of(a), Testbed.withPrevious(config(""), resultA));
    call(CniVerb.DEL, "ida", Optional.of(a), Testbed.withPrevious(config(""), resultA));
    call(CniVerb.DEL, "ida", Optional.of(a), Testbed.withPrevious(config(""), resultA));
    assertEquals(1, Testbed.links(a).size(), "only lo is left");
    assertEquals(2, reservations(), "those of b");
    connects(testbed.host(), b, address(resultB, 0));
  }

  @Test
  void del_sandboxEnds_cutsOffAtOnceAndGoesWithTheNamespace() throws Exception {
    testbed.sandboxEnds();
    Path a = testbed.sandbox("a");
    CniResult result = add("ida", a, config(""));
    call(CniVerb.DEL, "ida", Optional.of(a), Testbed.withPrevious(config(""), result));
    assertEquals(0, reservations());
    assertThrows(IOException.class, () -> connects(testbed.host(), a, address(result, 0)));
    testbed.remove(a);
    long deadline = System.nanoTime() + 5_000_000_000L;
    while (Testbed.links(testbed.host()).stream().anyMatch(l -> l.kind().equals("veth"))) {
      assertTrue(System.nanoTime() < deadline, "the host's end outlives the namespace");
    }
    call(CniVerb.DEL, "ida", Optional.empty(), Testbed.withPrevious(config(""), result));
  }

  @Test
  void links_areNamedAfterTheirContainer() throws Exception {
    Path a = testbed.sandbox("a");
    add("ida", a, config("\"mtu\":1400,"));
    Link veth =
        Testbed.links(testbed.host()).stream()
            .filter(l -> l.kind().equals("veth"))
            .findFirst()
            .orElseThrow();
    assertEquals("cni testnet ida eth0", veth.alias());
    assertEquals(1400, veth.mtu());
  }
}
