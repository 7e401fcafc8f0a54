package org.jcontainerd.linux.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.netlink.IpText;
import org.jcontainerd.linux.netns.NetworkNamespace;
import org.jcontainerd.linux.nftables.NftExpression.Immediate;
import org.jcontainerd.linux.nftables.NftExpression.Lookup;
import org.jcontainerd.linux.nftables.NftExpression.Meta;
import org.jcontainerd.linux.nftables.NftExpression.MetaKey;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.Spawn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we send is read back by {@code nft}, in a namespace of its own. */
@Tag("root")
class NftablesRootTest {
  private static final NftTable IP = new NftTable(NftFamily.IP, "t4");
  private static final NftTable INET = new NftTable(NftFamily.INET, "tx");

  @TempDir Path directory;
  private Path netns;
  private Nftables nftables;

  @BeforeEach
  void open() throws IOException {
    netns = directory.resolve("netns");
    NetworkNamespace.create(netns);
    nftables = Nftables.openIn(netns);
  }

  @AfterEach
  void close() throws IOException {
    nftables.close();
    NetworkNamespace.delete(netns);
  }

  private static Path nft() {
    Path unpacked =
        Path.of(System.getProperty("jcontainerd.basedir", "")).resolve("target/peers/bin/nft");
    return Files.isExecutable(unpacked) ? unpacked : Path.of("/usr/sbin/nft");
  }

  private String ruleset(String... options) throws IOException {
    assumeTrue(Files.isExecutable(nft()), "nft is not there: run bin/setup");
    try (Fd out = Memfd.create("nft");
        Fd error = Fd.adopt(2, "stderr").duplicate()) {
      var arguments = new java.util.ArrayList<>(List.of("nft"));
      arguments.addAll(List.of(options));
      arguments.addAll(List.of("list", "ruleset"));
      ExitStatus status =
          NetworkNamespace.call(
              netns,
              () -> {
                try (var child =
                    Spawn.program(nft())
                        .arguments(arguments)
                        .environment(Map.of("PATH", "/usr/sbin:/usr/bin"))
                        .descriptor(1, out)
                        .descriptor(2, error)
                        .start()) {
                  return child.waitFor();
                }
              });
      assertEquals(new ExitStatus.Exited(0), status);
      return Files.readString(out.path(), StandardCharsets.UTF_8);
    }
  }

  private static List<NftExpression> decide(NftVerdict verdict) {
    return List.of(Immediate.decide(verdict));
  }

  @Test
  void rules_areReadByNftAsMeant() throws IOException {
    nftables.commit(
        new NftTransaction()
            .addTable(IP, "a comment")
            .addChain(IP, "ports", "")
            .addChain(
                IP, "pre", new NftHook(NftHook.Type.NAT, NftHook.Point.PREROUTING, NftHook.DSTNAT))
            .addRule(
                IP,
                "pre",
                NftMatch.all(NftMatch.destinationIsLocal(), decide(NftVerdict.jump("ports"))),
                "")
            .addRule(
                IP,
                "ports",
                NftMatch.all(
                    NftMatch.destination(IP.family(), IpPrefix.parse("192.0.2.7/32"), true),
                    NftMatch.destinationPort(6, 8080),
                    NftMatch.destinationNat(IpText.parse("10.1.0.5"), 80)),
                "container one")
            .addTable(INET, "")
            .addChain(INET, "masq", "what it is for")
            .addRule(
                INET,
                "masq",
                NftMatch.all(
                    NftMatch.source(INET.family(), IpPrefix.parse("fd00::5/128"), true),
                    NftMatch.destination(INET.family(), IpPrefix.parse("fd00::/64"), false),
                    NftMatch.destinationWasRewritten(),
                    List.of(new NftExpression.Counter(), new NftExpression.Masquerade())),
                ""));
    assertEquals(
        """
        table ip t4 {
        	comment "a comment"
        	chain ports {
        		ip daddr 192.0.2.7 tcp dport 8080 dnat to 10.1.0.5:80 comment "container one"
        	}

        	chain pre {
        		type nat hook prerouting priority dstnat; policy accept;
        		fib daddr type local jump ports
        	}
        }
        table inet tx {
        	chain masq {
        		comment "what it is for"
        		ip6 saddr fd00::5 ip6 daddr != fd00::/64 ct status dnat counter packets 0 bytes 0 masquerade
        	}
        }
        """,
        ruleset());
    String json = ruleset("-j");
    assertTrue(json.contains("\"dnat\": {\"addr\": \"10.1.0.5\", \"port\": 80}"), json);
  }

  @Test
  void maps_decideByKey() throws IOException {
    var map = new NftSet("way", NftSet.Type.PORT, Optional.of(NftSet.Type.VERDICT));
    nftables.commit(
        new NftTransaction()
            .addTable(INET, "")
            .addChain(INET, "one", "")
            .addChain(INET, "start", "")
            .addSet(INET, map)
            .addElements(
                INET,
                "way",
                List.of(
                    new NftSet.Element(
                        NftData.port(443),
                        Optional.of(new NftData.Decision(NftVerdict.jump("one"))))))
            .addRule(
                INET,
                "start",
                List.of(
                    new Meta(MetaKey.TRANSPORT_PROTOCOL, 1),
                    new NftExpression.Compare(1, NftExpression.Relation.EQUAL, NftData.octet(6)),
                    new NftExpression.Payload(NftExpression.Base.TRANSPORT, 2, 2, 1),
                    new Lookup("way", 1, Optional.of(0), false)),
                ""));
    String text = ruleset();
    assertTrue(text.contains("elements = { 443 : jump one }"), text);
    assertTrue(text.contains("tcp dport vmap @way"), text);
  }

  @Test
  void commit_oneChangeRefused_noneIsMadeAndTheMessageNamesIt() throws IOException {
    nftables.commit(new NftTransaction().addTable(IP, ""));
    var failure =
        assertThrows(
            LinuxException.class,
            () ->
                nftables.commit(
                    new NftTransaction()
                        .addChain(IP, "kept", "")
                        .addRule(IP, "kept", decide(NftVerdict.jump("absent")), "")
                        .addChain(IP, "later", "")));
    assertTrue(failure.is(Errno.ENOENT), failure.getMessage());
    assertTrue(failure.getMessage().contains("add rule ip t4 kept"), failure.getMessage());
    assertEquals("table ip t4 {\n}\n", ruleset());
    nftables.commit(new NftTransaction().addChain(IP, "works", ""));
  }

  @Test
  void rules_listedByHandleAndComment_canBeDeleted() throws IOException {
    var transaction = new NftTransaction().addTable(IP, "").addChain(IP, "c", "");
    for (String comment : List.of("a", "b", "c")) {
      transaction.addRule(IP, "c", decide(NftVerdict.accept()), comment);
    }
    nftables.commit(transaction);
    List<NftRule> rules = nftables.rules(IP, "c");
    assertEquals(List.of("a", "b", "c"), rules.stream().map(NftRule::comment).toList());
    nftables.commit(new NftTransaction().deleteRule(rules.get(1)));
    assertEquals(List.of("a", "c"), nftables.rules(IP).stream().map(NftRule::comment).toList());
    assertEquals(List.of(), nftables.rules(new NftTable(NftFamily.IP, "absent")));
  }

  @Test
  void deletion_ofWhatHoldsSomething_isRefused() throws IOException {
    nftables.commit(
        new NftTransaction()
            .addTable(IP, "")
            .addTable(INET, "")
            .addChain(INET, "c", "")
            .addChain(IP, "c", "")
            .addChain(IP, "d", "")
            .addRule(IP, "c", decide(NftVerdict.jump("d")), ""));
    assertEquals(List.of("c", "d"), nftables.chains(IP).stream().sorted().toList());
    assertEquals(List.of(), nftables.chains(new NftTable(NftFamily.IP, "absent")));
    for (NftTransaction refused :
        List.of(
            new NftTransaction().deleteChain(IP, "c"),
            new NftTransaction().deleteChain(IP, "d"),
            new NftTransaction().deleteEmptyTable(IP))) {
      var failure = assertThrows(LinuxException.class, () -> nftables.commit(refused));
      assertTrue(failure.is(Errno.EBUSY), failure.getMessage());
    }
    nftables.commit(
        new NftTransaction()
            .deleteRule(nftables.rules(IP).getFirst())
            .deleteChain(IP, "c")
            .deleteChain(IP, "d")
            .deleteEmptyTable(IP)
            .deleteTable(INET));
    assertEquals("", ruleset());
  }
}
