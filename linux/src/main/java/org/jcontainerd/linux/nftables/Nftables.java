package org.jcontainerd.linux.nftables;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.netlink.Attribute;
import org.jcontainerd.linux.netlink.Attributes;
import org.jcontainerd.linux.netlink.MessageWriter;
import org.jcontainerd.linux.netlink.NetlinkFormatException;
import org.jcontainerd.linux.netlink.NetlinkMessage;
import org.jcontainerd.linux.netlink.NetlinkProtocol;
import org.jcontainerd.linux.netlink.NetlinkRequest;
import org.jcontainerd.linux.netlink.NetlinkSocket;

/**
 * The nf_tables of the network namespace in which this was opened. Confined to one thread at a
 * time; call from a platform thread, see {@link NetlinkSocket}.
 */
public final class Nftables implements AutoCloseable {
  private static final int NFGENMSG = 4;
  private static final int NFTA_CHAIN_TABLE = 1;
  private static final int NFTA_CHAIN_NAME = 3;
  private static final int NFTA_RULE_TABLE = 1;
  private static final int NFTA_RULE_CHAIN = 2;
  private static final int NFTA_RULE_HANDLE = 3;
  private static final int NFTA_RULE_USERDATA = 7;

  private final NetlinkSocket socket;

  private Nftables(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Opens the nf_tables of the calling thread's network namespace. */
  public static Nftables open() throws LinuxException {
    return new Nftables(NetlinkSocket.open(NetlinkProtocol.NETFILTER));
  }

  /** Opens the nf_tables of the network namespace at a path. */
  public static Nftables openIn(Path netns) throws IOException {
    return new Nftables(NetlinkSocket.openIn(netns, NetlinkProtocol.NETFILTER));
  }

  /**
   * Makes all changes or none.
   *
   * @throws LinuxException for the first change that was refused
   */
  public void commit(NftTransaction transaction) throws IOException {
    if (!transaction.isEmpty()) {
      socket.transact(transaction.marked());
    }
  }

  /** The names of a table's chains; none if there is no such table. */
  public List<String> chains(NftTable table) throws IOException {
    var body = new MessageWriter().octets(table.family().number(), 0, 0, 0);
    var request =
        new NetlinkRequest(
            "list chains of " + table,
            NftTransaction.SUBSYSTEM << 8 | NftTransaction.GETCHAIN,
            0,
            body.toBytes());
    var names = new ArrayList<String>();
    for (NetlinkMessage message : socket.dump(request)) { // those of all tables of the family
      Attributes attributes = message.attributes(NFGENMSG);
      if (attributes.string(NFTA_CHAIN_TABLE).equals(table.name())) {
        names.add(attributes.string(NFTA_CHAIN_NAME));
      }
    }
    return names;
  }

  /** The rules of a chain in order; none if there is no such table or chain. */
  public List<NftRule> rules(NftTable table, String chain) throws IOException {
    return list(table, Optional.of(chain));
  }

  /** The rules of all chains of a table; none if there is no such table. */
  public List<NftRule> rules(NftTable table) throws IOException {
    return list(table, Optional.empty());
  }

  private List<NftRule> list(NftTable table, Optional<String> chain) throws IOException {
    var body =
        new MessageWriter()
            .octets(table.family().number(), 0, 0, 0)
            .string(NFTA_RULE_TABLE, table.name());
    chain.ifPresent(c -> body.string(NFTA_RULE_CHAIN, c));
    var request =
        new NetlinkRequest(
            "list rules of " + table + chain.map(c -> " " + c).orElse(""),
            NftTransaction.SUBSYSTEM << 8 | NftTransaction.GETRULE,
            0,
            body.toBytes());
    var rules = new ArrayList<NftRule>();
    try {
      for (NetlinkMessage message : socket.dump(request)) {
        NftRule rule = rule(table, message.attributes(NFGENMSG));
        if (chain.isEmpty() || chain.get().equals(rule.chain())) {
          rules.add(rule);
        }
      }
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT)) { // no such table
        throw e;
      }
    }
    return rules;
  }

  private static NftRule rule(NftTable table, Attributes attributes) throws NetlinkFormatException {
    var handle = attributes.find(NFTA_RULE_HANDLE);
    var userData = attributes.find(NFTA_RULE_USERDATA).map(Attribute::bytes);
    return new NftRule(
        table,
        attributes.string(NFTA_RULE_CHAIN),
        handle.isPresent() ? handle.get().be64() : 0,
        NftComment.decode(userData.orElse(new byte[0])));
  }

  /**
   * Forgets the connections of a protocol to a port, whatever their addresses: after the port's way
   * changed, the kernel would send what belongs to a known connection the old way. Linux 5.8; does
   * nothing on older kernels.
   *
   * @param protocol IP protocol number
   * @param port destination of the connections' first packets
   */
  public void forgetConnections(NftFamily family, int protocol, int port) throws IOException {
    try {
      socket.execute(Conntrack.delete(family, protocol, port));
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT, Errno.EINVAL)) { // none matched; a kernel without such filters
        throw e;
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
