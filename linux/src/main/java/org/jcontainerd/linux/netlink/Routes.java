package org.jcontainerd.linux.netlink;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Reads routes. The socket decides the network namespace. */
public final class Routes {
  /** linux/socket.h. */
  static final int AF_INET = 2;

  private static final int AF_INET6 = 10;

  private Routes() {}

  /** The routes of both families in one table. */
  public static List<Route> list(NetlinkSocket socket, int table) throws IOException {
    var routes = new ArrayList<Route>();
    for (int family : new int[] {AF_INET, AF_INET6}) {
      for (NetlinkMessage message : socket.dump(RouteRequests.list(family))) {
        if (message.field(0, 1).u8() == family) {
          routes.add(Route.parse(message));
        }
      }
    }
    routes.removeIf(r -> r.table() != table);
    return routes;
  }

  /**
   * The route that a packet from here to an address would take.
   *
   * @throws org.jcontainerd.linux.LinuxException ENETUNREACH if there is none
   */
  public static Route to(NetlinkSocket socket, InetAddress destination) throws IOException {
    return Route.parse(socket.get(RouteRequests.lookUp(destination)));
  }

  static int family(InetAddress address) {
    return address instanceof Inet4Address ? AF_INET : AF_INET6;
  }
}
