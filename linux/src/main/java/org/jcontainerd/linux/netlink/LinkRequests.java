package org.jcontainerd.linux.netlink;

import java.util.Optional;
import java.util.function.Consumer;

/** Messages about links. Each answers a value that {@link NetlinkSocket#execute} sends. */
public final class LinkRequests {
  /** linux/rtnetlink.h. */
  static final int RTM_NEWLINK = 16;

  static final int RTM_DELLINK = 17;
  static final int RTM_GETLINK = 18;

  /** linux/veth.h. */
  private static final int VETH_INFO_PEER = 1;

  private LinkRequests() {}

  /** A bridge, down. Refused with EEXIST if anything of that name exists. */
  public static NetlinkRequest createBridge(
      String name, Optional<Integer> mtu, Optional<MacAddress> mac) {
    var body = header(0, 0).string(Link.IFLA_IFNAME, name);
    mtu.ifPresent(m -> body.u32(Link.IFLA_MTU, m));
    mac.ifPresent(m -> body.bytes(Link.IFLA_ADDRESS, m.toBytes()));
    body.nest(Link.IFLA_LINKINFO, info -> info.string(Link.IFLA_INFO_KIND, "bridge"));
    return create("create bridge '" + name + "'", body);
  }

  /**
   * A veth pair in one message: the near end up and a port of its bridge, the far end down in its
   * namespace. (The kernel refuses a far end that is up with ENOTCONN: it opens it before the two
   * ends know each other.)
   */
  public static NetlinkRequest createVeth(VethPair pair) {
    var body = header(Link.IFF_UP, Link.IFF_UP);
    end(body, pair.near(), pair.mtu());
    pair.master().ifPresent(m -> body.u32(Link.IFLA_MASTER, m));
    Consumer<MessageWriter> peer =
        w -> {
          w.octets(0, 0, 0, 0).words(0, 0, 0);
          end(w, pair.far(), pair.mtu());
          w.u32(Link.IFLA_NET_NS_FD, pair.farNetns().number());
        };
    body.nest(
        Link.IFLA_LINKINFO,
        info ->
            info.string(Link.IFLA_INFO_KIND, "veth")
                .nest(Link.IFLA_INFO_DATA, data -> data.nest(VETH_INFO_PEER, peer)));
    return create(
        "create veth '%s' with peer '%s'".formatted(pair.near().name(), pair.far().name()), body);
  }

  /** Starts a change of an existing link. */
  public static LinkChange change(LinkTarget target) {
    return new LinkChange(target);
  }

  /**
   * Deletes a link; the kernel waits a grace period (some 20 ms) before it answers. Refused with
   * ENODEV if there is none.
   */
  public static NetlinkRequest delete(LinkTarget target) {
    return new NetlinkRequest("delete link " + target, RTM_DELLINK, 0, select(target));
  }

  /** Asks for one link. */
  static NetlinkRequest get(LinkTarget target) {
    return new NetlinkRequest("get link " + target, RTM_GETLINK, 0, select(target));
  }

  /** Asks for all links. */
  static NetlinkRequest list() {
    return new NetlinkRequest("list links", RTM_GETLINK, 0, header(0, 0));
  }

  private static MessageWriter select(LinkTarget target) {
    var body = new MessageWriter().octets(0, 0, 0, 0).words(target.indexOrZero(), 0, 0);
    if (target instanceof LinkTarget.Named(String name)) {
      body.string(Link.IFLA_IFNAME, name);
    }
    return body;
  }

  private static void end(MessageWriter body, VethPair.End end, Optional<Integer> mtu) {
    body.string(Link.IFLA_IFNAME, end.name());
    body.bytes(Link.IFLA_ADDRESS, end.mac().toBytes());
    mtu.ifPresent(m -> body.u32(Link.IFLA_MTU, m));
  }

  private static MessageWriter header(int flags, int mask) {
    return new MessageWriter().octets(0, 0, 0, 0).words(0, flags, mask);
  }

  private static NetlinkRequest create(String what, MessageWriter body) {
    return new NetlinkRequest(
        what, RTM_NEWLINK, NetlinkRequest.CREATE | NetlinkRequest.EXCLUSIVE, body);
  }
}
