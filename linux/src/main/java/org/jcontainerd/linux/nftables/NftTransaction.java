package org.jcontainerd.linux.nftables;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jcontainerd.linux.netlink.MessageWriter;
import org.jcontainerd.linux.netlink.NetlinkRequest;

/**
 * Changes that the kernel makes all at once or not at all, in the order in which they are added
 * here. "Add" of a table, chain or set that exists changes nothing. Confined to one thread; sent
 * once by {@link Nftables#commit}.
 */
public final class NftTransaction {
  /** linux/netfilter/nfnetlink.h and nf_tables.h. */
  private static final int NFNL_MSG_BATCH_BEGIN = 0x10;

  private static final int NFNL_MSG_BATCH_END = 0x11;
  static final int SUBSYSTEM = 10;
  private static final int NEWTABLE = 0;
  private static final int DELTABLE = 2;
  private static final int NEWCHAIN = 3;
  static final int GETCHAIN = 4;
  private static final int DELCHAIN = 5;
  private static final int NEWRULE = 6;
  static final int GETRULE = 7;
  private static final int DELRULE = 8;
  private static final int NEWSET = 9;
  private static final int DELSET = 11;
  private static final int NEWSETELEM = 12;
  private static final int DELSETELEM = 14;
  private static final int NFT_SET_MAP = 8;
  private static final int LIST_ELEMENT = 1;

  private final List<NetlinkRequest> requests = new ArrayList<>();
  private int nextSetId = 1;

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return requests.isEmpty();
  }

  /** Adds a table. */
  @CanIgnoreReturnValue
  public NftTransaction addTable(NftTable table, String comment) {
    return put(
        "add table " + table,
        NEWTABLE,
        NetlinkRequest.CREATE,
        table,
        w -> {
          w.string(1, table.name()).be32(2, 0);
          userData(w, 6, comment);
        });
  }

  /** Deletes a table with all it holds. Refused with ENOENT if there is none. */
  @CanIgnoreReturnValue
  public NftTransaction deleteTable(NftTable table) {
    return put("delete table " + table, DELTABLE, 0, table, w -> w.string(1, table.name()));
  }

  /**
   * Deletes a table that holds nothing any more. Refused with EBUSY if there is a chain, set or
   * other object in it when the transaction gets here, whoever made it.
   */
  @CanIgnoreReturnValue
  public NftTransaction deleteEmptyTable(NftTable table) {
    return put(
        "delete empty table " + table,
        DELTABLE,
        NetlinkRequest.NOT_RECURSIVE,
        table,
        w -> w.string(1, table.name()));
  }

  /** Adds a chain that others jump to. */
  @CanIgnoreReturnValue
  public NftTransaction addChain(NftTable table, String name, String comment) {
    return put(
        "add chain " + table + " " + name,
        NEWCHAIN,
        NetlinkRequest.CREATE,
        table,
        w -> {
          w.string(1, table.name()).string(3, name);
          userData(w, 12, comment);
        });
  }

  /** Adds a chain that packets come to by themselves. */
  @CanIgnoreReturnValue
  public NftTransaction addChain(NftTable table, String name, NftHook hook) {
    return put(
        "add chain " + table + " " + name,
        NEWCHAIN,
        NetlinkRequest.CREATE,
        table,
        w ->
            w.string(1, table.name())
                .string(3, name)
                .nest(4, h -> h.be32(1, hook.point().number()).be32(2, hook.priority()))
                .string(7, hook.type().toString()));
  }

  /** Deletes an empty chain. Refused with EBUSY if it is not empty or is jumped to. */
  @CanIgnoreReturnValue
  public NftTransaction deleteChain(NftTable table, String name) {
    return put(
        "delete chain " + table + " " + name,
        DELCHAIN,
        NetlinkRequest.NOT_RECURSIVE,
        table,
        w -> w.string(1, table.name()).string(3, name));
  }

  /** Deletes all rules of a chain. */
  @CanIgnoreReturnValue
  public NftTransaction flushChain(NftTable table, String name) {
    return put(
        "flush chain " + table + " " + name,
        DELRULE,
        0,
        table,
        w -> w.string(1, table.name()).string(2, name));
  }

  /** Adds a rule to the end of a chain. */
  @CanIgnoreReturnValue
  public NftTransaction addRule(
      NftTable table, String chain, List<NftExpression> expressions, String comment) {
    return put(
        "add rule " + table + " " + chain + " comment '" + comment + "'",
        NEWRULE,
        NetlinkRequest.CREATE | NetlinkRequest.APPEND,
        table,
        w -> {
          w.string(1, table.name()).string(2, chain);
          w.nest(4, list -> expressions.forEach(e -> list.nest(LIST_ELEMENT, expression(e))));
          userData(w, 7, comment);
        });
  }

  /** Deletes a listed rule. Refused with ENOENT if it is gone. */
  @CanIgnoreReturnValue
  public NftTransaction deleteRule(NftRule rule) {
    return put(
        "delete rule %s %s handle %d".formatted(rule.table(), rule.chain(), rule.handle()),
        DELRULE,
        0,
        rule.table(),
        w -> w.string(1, rule.table().name()).string(2, rule.chain()).be64(3, rule.handle()));
  }

  /** Adds a set or map. */
  @CanIgnoreReturnValue
  public NftTransaction addSet(NftTable table, NftSet set) {
    int id = nextSetId++;
    return put(
        "add set " + table + " " + set.name(),
        NEWSET,
        NetlinkRequest.CREATE,
        table,
        w -> {
          w.string(1, table.name()).string(2, set.name());
          w.be32(3, set.mapsTo().isPresent() ? NFT_SET_MAP : 0);
          w.be32(4, set.key().number()).be32(5, set.key().size());
          set.mapsTo().ifPresent(t -> w.be32(6, t.number()).be32(7, t.size()));
          w.be32(10, id);
        });
  }

  /** Deletes a set or map that no rule uses. */
  @CanIgnoreReturnValue
  public NftTransaction deleteSet(NftTable table, String name) {
    return put(
        "delete set " + table + " " + name,
        DELSET,
        0,
        table,
        w -> w.string(1, table.name()).string(2, name));
  }

  /** Adds elements; one that exists with another value is refused with EEXIST. */
  @CanIgnoreReturnValue
  public NftTransaction addElements(NftTable table, String set, List<NftSet.Element> elements) {
    return elements("add", NEWSETELEM, NetlinkRequest.CREATE, table, set, elements);
  }

  /** Deletes elements. Refused with ENOENT if one is not there. */
  @CanIgnoreReturnValue
  public NftTransaction deleteElements(NftTable table, String set, List<NftSet.Element> elements) {
    return elements("delete", DELSETELEM, 0, table, set, elements);
  }

  /** The messages with the marks of beginning and end. */
  List<NetlinkRequest> marked() {
    var all = new ArrayList<NetlinkRequest>(requests.size() + 2);
    byte[] mark = {0, 0, 0, SUBSYSTEM}; // nfgenmsg; res_id in network order names the subsystem
    all.add(new NetlinkRequest("commit nftables transaction", NFNL_MSG_BATCH_BEGIN, 0, mark));
    all.addAll(requests);
    all.add(new NetlinkRequest("end nftables transaction", NFNL_MSG_BATCH_END, 0, mark));
    return all;
  }

  @CanIgnoreReturnValue
  private NftTransaction elements(
      String verb,
      int message,
      int flags,
      NftTable table,
      String set,
      List<NftSet.Element> elements) {
    return put(
        verb + " elements of " + table + " " + set,
        message,
        flags,
        table,
        w ->
            w.string(1, table.name())
                .string(2, set)
                .nest(3, list -> elements.forEach(e -> list.nest(LIST_ELEMENT, element(e)))));
  }

  private static Consumer<MessageWriter> element(NftSet.Element element) {
    return w -> {
      element.key().write(w, 1);
      element.value().ifPresent(v -> v.write(w, 2));
    };
  }

  private static Consumer<MessageWriter> expression(NftExpression expression) {
    return w -> w.string(1, expression.kernelName()).nest(2, expression::write);
  }

  private static void userData(MessageWriter w, int attribute, String comment) {
    if (!comment.isEmpty()) {
      w.bytes(attribute, NftComment.encode(comment));
    }
  }

  @CanIgnoreReturnValue
  private NftTransaction put(
      String what, int message, int flags, NftTable table, Consumer<MessageWriter> attributes) {
    var body = new MessageWriter().octets(table.family().number(), 0, 0, 0);
    attributes.accept(body);
    requests.add(new NetlinkRequest(what, SUBSYSTEM << 8 | message, flags, body.toBytes()));
    return this;
  }
}
