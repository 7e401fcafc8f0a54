package org.jcontainerd.cni.bridge;

import org.jcontainerd.linux.netlink.Link;
import org.jcontainerd.oci.cni.CniAttachment;

/**
 * How the host's end of a container's link is known: by its alias, which people see in {@code ip
 * link}.
 */
final class VethEnds {
  /** IFALIASZ of linux/if.h is 256. */
  private static final int LONGEST_ALIAS = 255;

  private VethEnds() {}

  static String alias(String network, CniAttachment attachment) {
    String text = prefix(network) + attachment.containerID() + " " + attachment.ifname();
    return text.substring(0, Math.min(text.length(), LONGEST_ALIAS));
  }

  /** What the aliases of all ends of a network start with. */
  static String prefix(String network) {
    return "cni " + network + " ";
  }

  static boolean isOf(Link link, String network) {
    return link.kind().equals("veth") && link.alias().startsWith(prefix(network));
  }
}
