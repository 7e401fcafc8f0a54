package org.jcontainerd.jshim.stdio;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jcontainerd.linux.LinuxException;

/**
 * The clients that are attached to one output stream. Each gets every byte from when it came.
 *
 * <p>Neither the log nor another client waits for a slow one: what it has not read yet is kept up
 * to {@link #LIMIT_BYTES}, beyond that it is disconnected (it would miss bytes otherwise, and not
 * know). Confined to its loop.
 */
final class AttachHub {
  static final long LIMIT_BYTES = 1 << 20;

  private final List<Outlet> clients = new ArrayList<>(0);
  private boolean ended;

  boolean isEmpty() {
    return clients.isEmpty();
  }

  /** Adds a client; if the stream has ended it sees the end at once. */
  void add(Outlet client) {
    if (ended) {
      client.finish();
      return;
    }
    clients.add(client);
    client.onClosed(() -> clients.remove(client));
  }

  /** Gives all clients {@code bytes}, whose position does not change. */
  void send(ByteBuffer bytes) throws LinuxException {
    for (var client : List.copyOf(clients)) {
      client.offer(bytes.duplicate());
      if (client.pendingBytes() > LIMIT_BYTES) {
        client.close();
      }
    }
  }

  void end() {
    ended = true;
    List.copyOf(clients).forEach(Outlet::finish);
  }
}
