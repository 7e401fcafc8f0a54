package org.jcontainerd.daemon.streaming;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Connects to a port of a sandbox, from inside its network namespace. */
@FunctionalInterface
public interface PortDialer {
  /**
   * Connects to {@code localhost:port} in the sandbox, IPv4 first, then IPv6.
   *
   * @return a connected channel in blocking mode, owned by the caller
   */
  SocketChannel dial(int port) throws IOException;
}
