package org.jcontainerd.ttrpc;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The address of a socket file for one bind or connect. {@code sun_path} holds 107 bytes and a NUL
 * (unix(7)).
 */
record SocketPath(UnixDomainSocketAddress address) implements AutoCloseable {
  private static final int MAX_BYTES = 107;

  /**
   * @throws IOException if the path is longer than an address can be
   */
  static SocketPath of(Path socket) throws IOException {
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw new IOException("socket path '" + socket + "' is longer than " + MAX_BYTES + " bytes");
    }
    return new SocketPath(UnixDomainSocketAddress.of(socket));
  }

  @Override
  public void close() {}
}
