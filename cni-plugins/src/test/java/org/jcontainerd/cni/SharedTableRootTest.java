package org.jcontainerd.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jcontainerd.linux.nftables.NftFamily;
import org.jcontainerd.linux.nftables.NftTable;
import org.jcontainerd.linux.nftables.Nftables;
import org.jcontainerd.oci.cni.CniResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the tables that containers share go, and when they stay. */
@Tag("root")
class SharedTableRootTest {
  private static final NftTable TABLE = new NftTable(NftFamily.INET, "cni_plugins_masquerade");

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

  private String config(int network) {
    return """
    {"cniVersion":"1.1.0","name":"net%d","type":"bridge","bridge":"br-%d","isGateway":true,
     "ipMasq":true,"ipam":{"type":"host-local","dataDir":"%s",
     "ranges":[[{"subnet":"10.77.%d.0/24"}]]}}
    """
        .formatted(network, network, testbed.data(), network);
  }

  private CniResult add(String id, int network) throws CniFailure, IOException {
    return CniPlugins.call(
            "bridge",
            testbed.request(CniVerb.ADD, id, Optional.of(testbed.sandbox(id)), config(network)))
        .orElseThrow();
  }

  private void del(String id, int network) throws CniFailure {
    var _ =
        CniPlugins.call(
            "bridge", testbed.request(CniVerb.DEL, id, Optional.empty(), config(network)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "add chain inet cni_plugins_masquerade foreign",
        "add rule inet cni_plugins_masquerade masq_checks ip saddr 192.0.2.1 accept",
        "add rule inet cni_plugins_masquerade postrouting ip saddr 192.0.2.1 accept",
        "add set inet cni_plugins_masquerade foreign { type ipv4_addr; }",
      })
  void del_somebodyElseUsesTheTable_keepsIt(String foreign) throws Exception {
    var _ = add("ida", 1);
    String _ = testbed.nft(foreign.split(" "));
    del("ida", 1);
    assertTrue(testbed.ruleset().contains("goto masq_checks"), testbed.ruleset());
    assertTrue(
        testbed.ruleset().contains(foreign.contains("rule") ? "192.0.2.1" : " foreign {"),
        testbed.ruleset());
  }

  @Test
  void del_anotherNetworkUsesTheTable_keepsIt() throws Exception {
    var _ = add("ida", 1);
    var _ = add("idb", 2);
    del("ida", 1);
    assertTrue(testbed.ruleset().contains("10.77.2.2"), testbed.ruleset());
    del("idb", 2);
    assertEquals("", testbed.ruleset());
  }

  @Test
  void del_tablesOfOthers_areLeftAlone() throws Exception {
    String _ = testbed.nft("add", "table", "ip", "other");
    var _ = add("ida", 1);
    del("ida", 1);
    assertEquals("table ip other {\n}\n", testbed.ruleset());
  }

  @Test
  void del_theSandboxEnds_leavesTheTableToItsCaller() throws Exception {
    var _ = add("ida", 1);
    testbed.sandboxEnds();
    del("ida", 1);
    String unused = testbed.ruleset();
    assertTrue(unused.startsWith("table " + TABLE), unused);
    CniPlugins.removeUnusedTables(testbed.request(CniVerb.GC, "", Optional.empty(), "{}").host());
    assertEquals("", testbed.ruleset());
  }

  @Test
  void gc_ofTheLastContainer_removesTheTable() throws Exception {
    var _ = add("ida", 1);
    var _ = CniPlugins.call("bridge", testbed.request(CniVerb.GC, "", Optional.empty(), config(1)));
    assertEquals("", testbed.ruleset());
  }

  /** Every ADD finds the table, whenever others remove it; in the end it is gone. */
  @Test
  void addAndDel_atTheSameTime_neverLoseARule() throws Exception {
    for (int i = 0; i < 4; i++) {
      testbed.sandbox("sandbox" + i);
    }
    try (var threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int worker = i;
        running.add(threads.submit(() -> addAndDel(worker)));
      }
      for (Future<?> each : running) {
        var _ = each.get();
      }
    }
    assertEquals("", testbed.ruleset());
  }

  private int addAndDel(int worker) throws Exception {
    var netns = Optional.of(directory.resolve("netns-sandbox" + worker));
    String id = "id" + worker;
    int rounds = 0;
    try (var nftables = Nftables.openIn(testbed.host())) {
      for (; rounds < 20; rounds++) {
        CniResult result =
            CniPlugins.call("bridge", testbed.request(CniVerb.ADD, id, netns, config(worker)))
                .orElseThrow();
        String previous = Testbed.withPrevious(config(worker), result);
        assertEquals(
            1,
            nftables.rules(TABLE).stream().filter(r -> r.comment().endsWith(" " + id)).count(),
            "rules of " + id);
        var _ = CniPlugins.call("bridge", testbed.request(CniVerb.DEL, id, netns, previous));
      }
    }
    return rounds;
  }
}
