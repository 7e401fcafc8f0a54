package org.jcontainerd.cni.bridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jcontainerd.cni.HostNetwork;
import org.jcontainerd.cni.SharedTable;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.nftables.NftExpression;
import org.jcontainerd.linux.nftables.NftFamily;
import org.jcontainerd.linux.nftables.NftHook;
import org.jcontainerd.linux.nftables.NftMatch;
import org.jcontainerd.linux.nftables.NftRule;
import org.jcontainerd.linux.nftables.NftTable;
import org.jcontainerd.linux.nftables.NftTransaction;
import org.jcontainerd.linux.nftables.NftVerdict;
import org.jcontainerd.oci.cni.CniAttachment;

/**
 * Rewrites the source of packets that leave a container's network for somewhere else. Table, chains
 * and comments are those of the reference plugins' nftables backend, so either can remove what the
 * other made. A rule is known by its comment, not by its address: addresses are used again.
 */
final class Masquerade {
  private static final NftTable TABLE = new NftTable(NftFamily.INET, "cni_plugins_masquerade");
  private static final String CHAIN = "masq_checks";
  private static final String POSTROUTING = "postrouting";
  private static final int POSTROUTING_RULES = 3;

  /** The table with what stands in it while no container is connected. */
  static final SharedTable SHARED =
      new SharedTable(TABLE, Map.of(CHAIN, 0L, POSTROUTING, (long) POSTROUTING_RULES));

  private static final int LONGEST_COMMENT = 128;
  private static final int HASH_DIGITS = 16;
  private static final int ATTEMPTS = 5;

  private final HostNetwork host;
  private final String network;

  Masquerade(HostNetwork host, String network) {
    this.host = host;
    this.network = network;
  }

  /** Adds the rules of one attachment; earlier ones of the same attachment are replaced. */
  void add(CniAttachment attachment, List<IpPrefix> addresses) throws IOException {
    String comment = comment(attachment);
    change(
        rule -> rule.comment().startsWith(key(attachment)),
        stale -> {
          var transaction = new NftTransaction();
          if (host.tables().rules(TABLE, POSTROUTING).size() != POSTROUTING_RULES) {
            structure(transaction);
          }
          stale.forEach(transaction::deleteRule);
          for (IpPrefix address : addresses) {
            IpPrefix single = new IpPrefix(address.address(), address.ipv4() ? 32 : 128);
            transaction.addRule(
                TABLE,
                CHAIN,
                NftMatch.all(
                    NftMatch.source(TABLE.family(), single, true),
                    NftMatch.destination(TABLE.family(), address.network(), false),
                    List.of(new NftExpression.Masquerade())),
                comment);
          }
          return transaction;
        });
  }

  /** Removes the rules of one attachment. */
  void remove(CniAttachment attachment) throws IOException {
    change(rule -> rule.comment().startsWith(key(attachment)), Masquerade::deletion);
  }

  /** Removes the rules of all attachments of the network but the valid ones. */
  void removeAllBut(List<CniAttachment> valid) throws IOException {
    Set<String> keys = valid.stream().map(this::key).collect(Collectors.toSet());
    String prefix = hash(network) + "-";
    int keyLength = 2 * HASH_DIGITS + 1;
    change(
        rule ->
            rule.comment().startsWith(prefix)
                && rule.comment().length() >= keyLength
                && !keys.contains(rule.comment().substring(0, keyLength)),
        Masquerade::deletion);
  }

  private interface Change {
    NftTransaction of(List<NftRule> found) throws IOException;
  }

  /** Looks for rules and changes them; looks again if one of them, or the table, went meanwhile. */
  private void change(Predicate<NftRule> wanted, Change change) throws IOException {
    for (int attempt = 1; ; attempt++) {
      List<NftRule> found = host.tables().rules(TABLE, CHAIN).stream().filter(wanted).toList();
      try {
        host.tables().commit(change.of(found));
        return;
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT) || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static NftTransaction deletion(List<NftRule> rules) {
    var transaction = new NftTransaction();
    rules.forEach(transaction::deleteRule);
    return transaction;
  }

  private static void structure(NftTransaction transaction) {
    transaction
        .addTable(TABLE, "")
        .addChain(TABLE, CHAIN, "")
        .addChain(
            TABLE,
            POSTROUTING,
            new NftHook(NftHook.Type.NAT, NftHook.Point.POSTROUTING, NftHook.SRCNAT))
        .flushChain(TABLE, POSTROUTING);
    for (String multicast : List.of("224.0.0.0/4", "ff00::/8")) {
      transaction.addRule(
          TABLE,
          POSTROUTING,
          NftMatch.all(
              NftMatch.destination(TABLE.family(), IpPrefix.parse(multicast), true),
              List.of(NftExpression.Immediate.decide(NftVerdict.goBack()))),
          "");
    }
    transaction.addRule(
        TABLE, POSTROUTING, List.of(NftExpression.Immediate.decide(NftVerdict.goTo(CHAIN))), "");
  }

  private String key(CniAttachment attachment) {
    return hash(network) + "-" + hash(attachment.ifname() + ":" + attachment.containerID());
  }

  private String comment(CniAttachment attachment) {
    String text =
        "%s, net: %s, if: %s, id: %s"
            .formatted(key(attachment), network, attachment.ifname(), attachment.containerID());
    return text.substring(0, Math.min(text.length(), LONGEST_COMMENT));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-512").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-512", e);
    }
  }
}
