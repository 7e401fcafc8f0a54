package org.jcontainerd.daemon.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jcontainerd.cni.CniHost;
import org.jcontainerd.cni.PluginDirectories;
import org.jcontainerd.linux.netlink.Link;
import org.jcontainerd.linux.netlink.Links;
import org.jcontainerd.linux.netlink.NetlinkProtocol;
import org.jcontainerd.linux.netlink.NetlinkSocket;
import org.jcontainerd.linux.netns.NetworkNamespace;
import org.jcontainerd.linux.nftables.NftFamily;
import org.jcontainerd.linux.nftables.NftTable;
import org.jcontainerd.linux.nftables.Nftables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks with the plugins of this project, in this process, on a host of its own. */
@Tag("root")
class NetworksRootTest {
  @TempDir Path directory;
  private Networks networks;
  private Path host;

  @BeforeEach
  void make() throws IOException {
    host = directory.resolve("host");
    NetworkNamespace.create(host);
    Path conf = Files.createDirectory(directory.resolve("net.d"));
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Files.createFile(bin.resolve(PluginDirectories.MARKER));
    Files.createFile(bin.resolve("bridge"));
    Files.createFile(bin.resolve("host-local"));
    Files.writeString(
        conf.resolve("10-net.conflist"),
        """
        {"cniVersion":"1.1.0","name":"pods","plugins":[{"type":"bridge","bridge":"br0",
         "isGateway":true,"ipMasq":true,"ipam":{"type":"host-local","dataDir":"%s",
         "ranges":[[{"subnet":"10.9.0.0/27"}]],"routes":[{"dst":"0.0.0.0/0"}]}}]}
        """
            .formatted(directory.resolve("ipam")));
    networks =
        new Networks(
            new NetworkDirectories(conf, List.of(bin), directory.resolve("cache")),
            new CniHost(Optional.of(host)));
  }

  @AfterEach
  void remove() throws IOException {
    networks.close();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path pin : files.filter(f -> f.getFileName().toString().startsWith("pod")).toList()) {
        NetworkNamespace.delete(pin);
      }
    }
    NetworkNamespace.delete(host);
  }

  private Attachment pod(int number) throws IOException {
    Path pin = directory.resolve("pod" + number);
    NetworkNamespace.create(pin);
    return Attachment.of("sandbox" + number, pin, "pod" + number, "default", "uid" + number);
  }

  private List<String> reserved() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("ipam/pods"))) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(n -> n.startsWith("10."))
          .sorted()
          .toList();
    }
  }

  private List<String> veths() throws IOException {
    try (var socket = NetlinkSocket.openIn(host, NetlinkProtocol.ROUTE)) {
      return Links.list(socket).stream()
          .filter(l -> l.kind().equals("veth"))
          .map(Link::alias)
          .sorted()
          .toList();
    }
  }

  @Test
  void attachAndDetach_inParallel_giveDistinctAddressesAndLeaveNothing() throws Exception {
    assertEquals(new NetworkStatus.Ready("pods"), networks.status());
    List<Attachment> pods =
        IntStream.range(0, 12)
            .mapToObj(i -> {
              try {
                return pod(i);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            })
            .toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<NetworkResult>> results =
          pods.stream().map(p -> threads.submit(() -> networks.attach(p))).toList();
      var addresses = new java.util.TreeSet<String>();
      for (Future<NetworkResult> result : results) {
        addresses.addAll(result.get().ips());
      }
      assertEquals(12, addresses.size());
      assertEquals(addresses, new java.util.TreeSet<>(reserved()));
      for (Attachment pod : pods) {
        networks.check(pod.sandboxId());
      }
      List<Future<?>> gone =
          pods.stream()
              .<Future<?>>map(p ->
                  threads.submit(() -> {
                    networks.detach(p);
                    NetworkNamespace.delete(p.netns());
                    return p;
                  }))
              .toList();
      for (Future<?> one : gone) {
        var _ = one.get();
      }
    }
    assertEquals(List.of(), reserved());
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!veths().isEmpty()) {
      assertTrue(System.nanoTime() < deadline, "left: " + veths());
    }
  }

  @Test
  void collect_afterACrash_releasesWhatNobodyOwns() throws Exception {
    var kept = pod(1);
    var lost = pod(2);
    var _ = networks.attach(kept);
    var _ = networks.attach(lost);
    Files.delete(directory.resolve("cache/results/pods-sandbox2-eth0")); // as if never recorded
    NetworkNamespace.delete(lost.netns());
    networks.collect(Set.of("sandbox1"));
    assertEquals(List.of("10.9.0.2"), reserved());
    assertEquals(List.of("cni pods sandbox1 eth0"), veths());
    networks.check("sandbox1");
    networks.collect(Set.of());
    assertEquals(List.of(), reserved());
  }

  @Test
  void detach_ofTheLastPod_removesTheTableAMomentLater() throws Exception {
    var first = pod(1);
    var second = pod(2);
    var _ = networks.attach(first);
    var _ = networks.attach(second);
    networks.detach(first);
    networks.detach(second);
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (tableIsThere()) {
      assertTrue(System.nanoTime() < deadline, "still there");
    }
    var third = pod(3);
    var _ = networks.attach(third);
    assertTrue(tableIsThere());
    networks.detach(third);
    networks.close();
    assertFalse(tableIsThere(), "what was planned is done at the end");
  }

  private boolean tableIsThere() throws IOException {
    try (var tables = Nftables.openIn(host)) {
      return !tables.chains(new NftTable(NftFamily.INET, "cni_plugins_masquerade")).isEmpty();
    }
  }

  /** Programs run in the daemon's own namespace, so this host is the thread's. */
  @Test
  void referencePlugins_areDrivenAsProgramsAndGiveTheSameResult() throws Exception {
    Path reference =
        Path.of(System.getProperty("jcontainerd.basedir", "")).resolve("target/peers/cni");
    assumeTrue(Files.isExecutable(reference.resolve("bridge")), "no peers: run bin/setup");
    Files.writeString(
        directory.resolve("net.d/10-net.conflist"),
        """
        {"cniVersion":"1.0.0","name":"pods","plugins":[{"type":"bridge","bridge":"br0",
         "isGateway":true,"ipam":{"type":"host-local","dataDir":"%s",
         "ranges":[[{"subnet":"10.9.0.0/27"}]],"routes":[{"dst":"0.0.0.0/0"}]}}]}
        """
            .formatted(directory.resolve("ipam")));
    var programs =
        new Networks(
            new NetworkDirectories(
                directory.resolve("net.d"), List.of(reference), directory.resolve("cache")),
            new CniHost(Optional.empty()));
    var first = pod(1);
    var second = pod(2);
    NetworkResult byPrograms = onHost(() -> programs.attach(first));
    NetworkResult inProcess = networks.attach(second);
    assertEquals(List.of("10.9.0.2"), byPrograms.ips());
    assertEquals(List.of("10.9.0.3"), inProcess.ips());
    assertEquals(
        byPrograms.interfaces().stream().map(i -> i.name().replaceAll("[0-9a-f]{8}", "")).toList(),
        inProcess.interfaces().stream().map(i -> i.name().replaceAll("[0-9a-f]{8}", "")).toList());
    var _ =
        onHost(() -> {
          programs.check("sandbox1");
          programs.check("sandbox2"); // what ours made satisfies the reference
          programs.detach(first);
          return first;
        });
    assertEquals(List.of("10.9.0.3"), reserved());
    networks.detach(second);
    assertEquals(List.of(), reserved());
    programs.close();
  }

  private <T> T onHost(Callable<T> work) throws Exception {
    return NetworkNamespace.call(host, work::call);
  }

  @Test
  void attach_noAddressLeft_failsAndLeavesNothing() throws Exception {
    for (int i = 0; i < 29; i++) {
      var _ = networks.attach(pod(i));
    }
    var failure = assertThrows(NetworkFailure.Failed.class, () -> networks.attach(pod(99)));
    assertEquals(
        "attach sandbox 'sandbox99' to network 'pods': no IP addresses available in range set:"
            + " 10.9.0.1-10.9.0.30",
        failure.getMessage());
    assertEquals(29, veths().size());
    assertTrue(Files.notExists(directory.resolve("cache/results/pods-sandbox99-eth0")));
    networks.detach("sandbox7");
    assertEquals(List.of("10.9.0.9"), networks.attach(pod(100)).ips());
  }
}
