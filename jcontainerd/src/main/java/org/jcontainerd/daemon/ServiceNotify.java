package org.jcontainerd.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;

/**
 * Tells the service manager how we are; see sd_notify(3).
 *
 * @param socket the value of {@code NOTIFY_SOCKET}; empty if nobody wants to know
 */
record ServiceNotify(Optional<String> socket) {
  void send(String state) throws IOException {
    // "@" would be an abstract address; systemd uses those for containers only
    if (socket.isEmpty() || !socket.get().startsWith("/")) {
      return;
    }
    try (UnixSocket to = UnixSocket.connect(SocketType.DATAGRAM, Path.of(socket.get()))) {
      to.send(ByteBuffer.wrap(state.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new IOException("notify the service manager at '" + socket.get() + "'", e);
    }
  }
}
