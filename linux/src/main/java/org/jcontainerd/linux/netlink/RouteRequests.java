package org.jcontainerd.linux.netlink;

import java.net.InetAddress;

/** Messages about routes. */
public final class RouteRequests {
  /** linux/rtnetlink.h. */
  private static final int RTM_NEWROUTE = 24;

  private static final int RTM_DELROUTE = 25;
  private static final int RTM_GETROUTE = 26;
  private static final int RTPROT_BOOT = 3;
  private static final int RTN_UNICAST = 1;
  private static final int SCOPE_UNIVERSE = 0;
  private static final int SCOPE_LINK = 253;
  private static final int SCOPE_NOWHERE = 255;

  private RouteRequests() {}

  /**
   * Adds a route. Refused with EEXIST if the same exists, ENETUNREACH if the gateway is not near.
   */
  public static NetlinkRequest add(Route route) {
    return new NetlinkRequest(
        "add route " + words(route),
        RTM_NEWROUTE,
        NetlinkRequest.CREATE | NetlinkRequest.EXCLUSIVE,
        body(route, route.gateway().isPresent() ? SCOPE_UNIVERSE : SCOPE_LINK));
  }

  /** Deletes a route. Refused with ESRCH if there is none such. */
  public static NetlinkRequest delete(Route route) {
    return new NetlinkRequest(
        "delete route " + words(route), RTM_DELROUTE, 0, body(route, SCOPE_NOWHERE));
  }

  /** Asks for the routes of a family, all tables. */
  static NetlinkRequest list(int family) {
    var body = new MessageWriter().octets(family, 0, 0, 0, 0, 0, 0, 0).words(0);
    return new NetlinkRequest("list routes", RTM_GETROUTE, 0, body);
  }

  /** Asks which route a packet to an address would take. */
  static NetlinkRequest lookUp(InetAddress destination) {
    int family = Routes.family(destination);
    int length = destination.getAddress().length * 8;
    var body =
        new MessageWriter()
            .octets(family, length, 0, 0, 0, 0, 0, 0)
            .words(0)
            .address(Route.RTA_DST, destination);
    return new NetlinkRequest(
        "look up route to '" + IpText.format(destination) + "'", RTM_GETROUTE, 0, body);
  }

  private static MessageWriter body(Route route, int defaultScope) {
    int scope = route.scope().orElse(defaultScope);
    int smallTable = route.table() < 256 ? route.table() : 0;
    var body =
        new MessageWriter()
            .octets(
                Routes.family(route.destination().address()),
                route.destination().length(),
                0,
                0,
                smallTable,
                RTPROT_BOOT,
                scope,
                RTN_UNICAST)
            .words(0)
            .u32(Route.RTA_TABLE, route.table());
    if (route.destination().length() > 0) {
      body.address(Route.RTA_DST, route.destination().network().address());
    }
    route.gateway().ifPresent(g -> body.address(Route.RTA_GATEWAY, g));
    optional(body, Route.RTA_OIF, route.link());
    optional(body, Route.RTA_PRIORITY, route.priority());
    if (route.mtu() != 0 || route.advertisedMss() != 0) {
      body.nest(
          Route.RTA_METRICS,
          metrics -> {
            optional(metrics, Route.RTAX_MTU, route.mtu());
            optional(metrics, Route.RTAX_ADVMSS, route.advertisedMss());
          });
    }
    return body;
  }

  private static void optional(MessageWriter body, int type, int value) {
    if (value != 0) {
      body.u32(type, value);
    }
  }

  private static String words(Route route) {
    String gateway =
        route.gateway().map(g -> " via '" + IpText.format(g) + "'").orElse(" on the link");
    return "'%s'%s, link index %d".formatted(route.destination(), gateway, route.link());
  }
}
