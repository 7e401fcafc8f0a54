package org.jcontainerd.linux.nftables;

import org.jcontainerd.linux.netlink.MessageWriter;
import org.jcontainerd.linux.netlink.NetlinkRequest;

/** Messages about tracked connections; linux/netfilter/nfnetlink_conntrack.h. */
final class Conntrack {
  private static final int SUBSYSTEM = 1;
  private static final int IPCTNL_MSG_CT_DELETE = 2;
  private static final int CTA_TUPLE_ORIG = 1;
  private static final int CTA_TUPLE_PROTO = 2;
  private static final int CTA_PROTO_NUM = 1;
  private static final int CTA_PROTO_DST_PORT = 3;
  private static final int CTA_FILTER = 25;
  private static final int CTA_FILTER_ORIG_FLAGS = 1;
  private static final int CTA_FILTER_REPLY_FLAGS = 2;

  /** The bits of the filter flags: net/netfilter/nf_internals.h. */
  private static final int PROTOCOL = 1 << 3;

  private static final int DESTINATION_PORT = 1 << 5;

  private Conntrack() {}

  /**
   * Deletes what matches. With a filter a delete is a flush of the matching ones; without, the
   * kernel would want the whole tuple, so an older kernel refuses this instead of deleting more.
   */
  static NetlinkRequest delete(NftFamily family, int protocol, int port) {
    int versionThatKeepsToTheFamily = 1;
    var body =
        new MessageWriter()
            .octets(family.number(), versionThatKeepsToTheFamily, 0, 0)
            .nest(
                CTA_TUPLE_ORIG,
                tuple ->
                    tuple.nest(
                        CTA_TUPLE_PROTO,
                        p -> p.u8(CTA_PROTO_NUM, protocol).be16(CTA_PROTO_DST_PORT, port)))
            .nest(
                CTA_FILTER,
                filter ->
                    filter
                        .u32(CTA_FILTER_ORIG_FLAGS, PROTOCOL | DESTINATION_PORT)
                        .u32(CTA_FILTER_REPLY_FLAGS, 0));
    return new NetlinkRequest(
        "delete connections of protocol %d to port %d".formatted(protocol, port),
        SUBSYSTEM << 8 | IPCTNL_MSG_CT_DELETE,
        0,
        body.toBytes());
  }
}
