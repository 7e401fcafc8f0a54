package org.jcontainerd.jctl;

import org.jcontainerd.api.cri.v1.PortMapping;
import org.jcontainerd.api.cri.v1.Protocol;

/** A published port as it is typed: {@code [IP:]HOST:PORT[/PROTOCOL]}. */
final class PublishedPort {
  private PublishedPort() {}

  /**
   * @throws Main.Refusal if {@code text} has another shape
   */
  static PortMapping parse(String text) {
    String[] halves = text.split("/", 2);
    int second = halves[0].lastIndexOf(':');
    int first = second < 0 ? -1 : halves[0].lastIndexOf(':', second - 1);
    try {
      return PortMapping.newBuilder()
          .setHostIp(first < 0 ? "" : halves[0].substring(0, first).replaceAll("[\\[\\]]", ""))
          .setHostPort(Integer.parseInt(halves[0].substring(first + 1, Math.max(second, 0))))
          .setContainerPort(Integer.parseInt(halves[0].substring(second + 1)))
          .setProtocol(halves.length == 1 ? Protocol.TCP : protocol(halves[1]))
          .build();
    } catch (NumberFormatException e) {
      throw new Main.Refusal("port '" + text + "': [IP:]HOST:PORT[/PROTOCOL] expected");
    }
  }

  private static Protocol protocol(String name) {
    return switch (name) {
      case "tcp" -> Protocol.TCP;
      case "udp" -> Protocol.UDP;
      case "sctp" -> Protocol.SCTP;
      default -> throw new Main.Refusal("protocol '" + name + "': tcp, udp or sctp expected");
    };
  }
}
