package org.jcontainerd.linux.netlink;

import java.util.Optional;
import org.jcontainerd.linux.Fd;

/**
 * Two ends of a virtual cable, made in one step: the near end is up and a port of its bridge when
 * the request is done, the far end is down.
 *
 * @param near the end in the namespace of the socket
 * @param far the other end
 * @param farNetns open namespace file of the far end's namespace; borrowed
 * @param mtu largest packet of both ends in bytes; empty leaves the kernel's 1500
 * @param master index of the bridge that the near end becomes a port of
 */
public record VethPair(
    End near, End far, Fd farNetns, Optional<Integer> mtu, Optional<Integer> master) {
  /**
   * One end.
   *
   * @param name at most 15 bytes
   */
  public record End(String name, MacAddress mac) {}
}
