package org.jcontainerd.cni;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.nftables.NftRule;
import org.jcontainerd.linux.nftables.NftTable;
import org.jcontainerd.linux.nftables.NftTransaction;
import org.jcontainerd.linux.nftables.Nftables;

/**
 * A table of packet rules that the containers of all networks share. The first ADD makes it, with
 * chains and rules that belong to no container; when no container has a rule in it any more, it is
 * removed.
 *
 * @param standing the number of rules of no container, by every chain that the table can have
 */
public record SharedTable(NftTable table, Map<String, Long> standing) {
  public SharedTable {
    standing = Map.copyOf(standing);
  }

  /**
   * Removes the table if there is nothing in it but what stands. A chain or rule of anybody else
   * keeps it. The kernel looks again when it makes the change: it deletes the listed rules alone,
   * then only chains without rules, then only a table without chains, sets and other objects; so
   * what others add meanwhile, in whatever process, keeps the table too.
   */
  public void removeIfUnused(Nftables nftables) throws IOException {
    List<String> chains = nftables.chains(table);
    List<NftRule> rules = nftables.rules(table);
    if (chains.isEmpty() || !onlyStanding(chains, rules)) {
      return;
    }
    var transaction = new NftTransaction();
    rules.forEach(transaction::deleteRule);
    chains.forEach(chain -> transaction.deleteChain(table, chain));
    try {
      nftables.commit(transaction.deleteEmptyTable(table));
    } catch (LinuxException e) {
      if (!e.is(Errno.EBUSY, Errno.ENOENT)) { // somebody uses it now; somebody else removed it
        throw e;
      }
    }
  }

  private boolean onlyStanding(List<String> chains, List<NftRule> rules) {
    Map<String, Long> counts =
        rules.stream().collect(Collectors.groupingBy(NftRule::chain, Collectors.counting()));
    return rules.stream().allMatch(rule -> rule.comment().isEmpty())
        && chains.stream()
            .allMatch(chain -> counts.getOrDefault(chain, 0L).equals(standing.get(chain)));
  }
}
