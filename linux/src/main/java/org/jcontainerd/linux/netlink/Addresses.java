package org.jcontainerd.linux.netlink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads addresses. The socket decides the network namespace. */
public final class Addresses {
  private Addresses() {}

  /** The addresses of one link, both families. */
  public static List<Address> of(NetlinkSocket socket, int link) throws IOException {
    var addresses = new ArrayList<Address>();
    for (NetlinkMessage message : socket.dump(AddressRequests.list(link))) {
      Address address = Address.parse(message);
      if (address.link() == link) { // kernels without strict checking list all
        addresses.add(address);
      }
    }
    return addresses;
  }
}
