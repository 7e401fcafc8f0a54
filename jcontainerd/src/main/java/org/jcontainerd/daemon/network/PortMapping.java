package org.jcontainerd.daemon.network;

import java.util.Locale;

/**
 * A port of the host that leads to one of the pod.
 *
 * @param protocol {@code tcp}, {@code udp} or {@code sctp}
 * @param hostIP address of the host, "" for all
 */
public record PortMapping(int hostPort, int containerPort, String protocol, String hostIP) {
  public PortMapping {
    protocol = protocol.toLowerCase(Locale.ROOT);
  }
}
