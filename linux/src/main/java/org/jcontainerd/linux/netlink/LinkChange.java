package org.jcontainerd.linux.netlink;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jcontainerd.linux.Fd;

/**
 * What is to change on one link, all in one message. Made by {@link LinkRequests#change} and the
 * methods here, each of which answers a new value. Immutable.
 */
public final class LinkChange {
  /** linux/if_link.h. */
  private static final int IFLA_BRPORT_MODE = 4;

  private static final int IFLA_BRPORT_LEARNING = 8;
  private static final int IFLA_BRPORT_UNICAST_FLOOD = 9;
  private static final int IFLA_BRPORT_FLUSH = 24;
  private static final int IFLA_BRPORT_MCAST_FLOOD = 27;
  private static final int IFLA_BRPORT_BCAST_FLOOD = 30;
  private static final int IFLA_BRPORT_LOCKED = 39;
  private static final int IFLA_INET_CONF = 1;
  private static final int AF_INET = 2;

  /** linux/ip.h: settings of an interface that have a sysctl of the same name. */
  private static final int IPV4_DEVCONF_ARP_NOTIFY = 22;

  private static final int IPV4_DEVCONF_ROUTE_LOCALNET = 26;

  private final LinkTarget target;
  private final int flags;
  private final int mask;
  private final List<Consumer<MessageWriter>> attributes;
  private final List<String> words;

  LinkChange(LinkTarget target) {
    this(target, 0, 0, List.of(), List.of());
  }

  private LinkChange(
      LinkTarget target,
      int flags,
      int mask,
      List<Consumer<MessageWriter>> attributes,
      List<String> words) {
    this.target = target;
    this.flags = flags;
    this.mask = mask;
    this.attributes = attributes;
    this.words = words;
  }

  /** Sets the link administratively up. */
  public LinkChange up() {
    return flag(Link.IFF_UP, true, "up");
  }

  /** Sets the link administratively down. */
  public LinkChange down() {
    return flag(Link.IFF_UP, false, "down");
  }

  /** Switches promiscuous mode. */
  public LinkChange promiscuous(boolean on) {
    return flag(Link.IFF_PROMISC, on, "promisc " + on);
  }

  /** Largest packet in bytes. */
  public LinkChange mtu(int bytes) {
    return with("mtu " + bytes, w -> w.u32(Link.IFLA_MTU, bytes));
  }

  /** Hardware address. */
  public LinkChange mac(MacAddress mac) {
    return with("address " + mac, w -> w.bytes(Link.IFLA_ADDRESS, mac.toBytes()));
  }

  /** Makes it a port of a bridge. */
  public LinkChange master(int bridge) {
    return with("master " + bridge, w -> w.u32(Link.IFLA_MASTER, bridge));
  }

  /** Takes it out of its bridge; the kernel waits a grace period of some 20 ms here. */
  public LinkChange noMaster() {
    return with("nomaster", w -> w.u32(Link.IFLA_MASTER, 0));
  }

  /** Another name; the link must be given by its index and, on older kernels, be down. */
  public LinkChange rename(String name) {
    if (!(target instanceof LinkTarget.Indexed)) {
      throw new IllegalStateException("rename of " + target + ": needs the index");
    }
    return with("name '" + name + "'", w -> w.string(Link.IFLA_IFNAME, name));
  }

  /**
   * Moves it into another network namespace, in one step with a new name. The kernel takes its IP
   * addresses away.
   */
  public LinkChange netns(Fd namespace) {
    return with("netns " + namespace.origin(), w -> w.u32(Link.IFLA_NET_NS_FD, namespace.number()));
  }

  /** Free text for people and for finding it again, up to 255 bytes. */
  public LinkChange alias(String text) {
    return with("alias '" + text + "'", w -> w.string(Link.IFLA_IFALIAS, text));
  }

  /** As a bridge port: whether frames may leave by the port they came from. */
  public LinkChange hairpin(boolean on) {
    return port("hairpin " + on, w -> w.u8(IFLA_BRPORT_MODE, on ? 1 : 0));
  }

  /**
   * As a bridge port: no frame passes in or out from now on, without a grace period. The port
   * forgets the addresses behind it, learns no new ones, takes frames of known addresses alone
   * (Linux 5.18) and gets no flooded ones. (Its state cannot be used: the kernel enables a disabled
   * port at the next change of the link.)
   */
  public LinkChange portCutOff() {
    return port(
        "port cut off",
        w ->
            w.u8(IFLA_BRPORT_LEARNING, 0)
                .u8(IFLA_BRPORT_UNICAST_FLOOD, 0)
                .u8(IFLA_BRPORT_MCAST_FLOOD, 0)
                .u8(IFLA_BRPORT_BCAST_FLOOD, 0)
                .u8(IFLA_BRPORT_LOCKED, 1)
                .flag(IFLA_BRPORT_FLUSH));
  }

  /** Announces its addresses by ARP when it comes up; the sysctl {@code arp_notify}. */
  public LinkChange arpNotify() {
    return inet("arp_notify", IPV4_DEVCONF_ARP_NOTIFY);
  }

  /** Routes 127.0.0.0/8 instead of calling it martian; the sysctl {@code route_localnet}. */
  public LinkChange routeLocalnet() {
    return inet("route_localnet", IPV4_DEVCONF_ROUTE_LOCALNET);
  }

  /** The message. RTM_NEWLINK without NLM_F_CREATE: only it takes settings of a bridge port. */
  public NetlinkRequest request() {
    var body = new MessageWriter().octets(0, 0, 0, 0).words(target.indexOrZero(), flags, mask);
    if (target instanceof LinkTarget.Named(String name)) {
      body.string(Link.IFLA_IFNAME, name);
    }
    attributes.forEach(a -> a.accept(body));
    return new NetlinkRequest(
        "set link " + target + " " + String.join(" ", words), LinkRequests.RTM_NEWLINK, 0, body);
  }

  private LinkChange flag(int bit, boolean on, String word) {
    int changed = on ? flags | bit : flags & ~bit;
    return new LinkChange(target, changed, mask | bit, attributes, and(words, word));
  }

  private LinkChange port(String word, Consumer<MessageWriter> setting) {
    return with(
        word,
        w ->
            w.nest(
                Link.IFLA_LINKINFO,
                info ->
                    info.string(Link.IFLA_INFO_SLAVE_KIND, "bridge")
                        .nest(Link.IFLA_INFO_SLAVE_DATA, setting)));
  }

  private LinkChange inet(String word, int setting) {
    return with(
        word,
        w ->
            w.nest(
                Link.IFLA_AF_SPEC,
                spec ->
                    spec.nest(AF_INET, inet -> inet.nest(IFLA_INET_CONF, c -> c.u32(setting, 1)))));
  }

  private LinkChange with(String word, Consumer<MessageWriter> attribute) {
    return new LinkChange(target, flags, mask, and(attributes, attribute), and(words, word));
  }

  private static <T> List<T> and(List<T> list, T one) {
    var longer = new ArrayList<>(list);
    longer.add(one);
    return List.copyOf(longer);
  }
}
