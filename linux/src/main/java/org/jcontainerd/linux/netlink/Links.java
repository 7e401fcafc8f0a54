package org.jcontainerd.linux.netlink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;

/** Reads links. The socket decides the network namespace. */
public final class Links {
  private Links() {}

  /** All links, in the kernel's order. */
  public static List<Link> list(NetlinkSocket socket) throws IOException {
    var links = new ArrayList<Link>();
    for (NetlinkMessage message : socket.dump(LinkRequests.list())) {
      links.add(Link.parse(message));
    }
    return links;
  }

  /** One link, or empty if there is none such. */
  public static Optional<Link> find(NetlinkSocket socket, LinkTarget target) throws IOException {
    try {
      return Optional.of(get(socket, target));
    } catch (LinuxException e) {
      if (e.is(Errno.ENODEV)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * One link.
   *
   * @throws LinuxException ENODEV if there is none such
   */
  public static Link get(NetlinkSocket socket, LinkTarget target) throws IOException {
    return Link.parse(socket.get(LinkRequests.get(target)));
  }
}
