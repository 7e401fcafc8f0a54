package org.jcontainerd.ttrpc;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Serves {@link Services} on a unix stream socket: a virtual thread per connection, one per call.
 * Thread-safe. Owns the socket and its file; {@link #close} ends the connections without waiting
 * for handlers.
 */
public final class TtrpcServer implements AutoCloseable {
  private final ServerSocketChannel channel;
  private final Path socket;
  private final Services services;
  private final FailureMapper failures;
  private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private TtrpcServer(
      ServerSocketChannel channel, Path socket, Services services, FailureMapper failures) {
    this.channel = channel;
    this.socket = socket;
    this.services = services;
    this.failures = failures;
  }

  /**
   * Binds {@code socket} with mode 0600 and serves. A socket file of a dead server is replaced;
   * that no live one listens there is the caller's care (a lock).
   */
  public static TtrpcServer listen(Path socket, Services services, FailureMapper failures)
      throws IOException {
    var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      // Bound under another name first: nobody can connect before the mode is set.
      var fresh = socket.resolveSibling(socket.getFileName() + ".new");
      var _ = Files.deleteIfExists(fresh);
      try (var address = SocketPath.of(fresh)) {
        var _ = channel.bind(address.address(), 1024);
      }
      var _ = Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      var _ = Files.move(fresh, socket, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e instanceof IOException io ? io : new IOException("listen on '" + socket + "'", e);
    }
    var server = new TtrpcServer(channel, socket, services, failures);
    var _ = Thread.ofVirtual().name("ttrpc-accept").start(server::accept);
    return server;
  }

  public Path socket() {
    return socket;
  }

  /** Done when the server accepts no more: normally after {@link #close}, else with the failure. */
  public CompletableFuture<Void> closed() {
    return closed.copy();
  }

  private void accept() {
    while (true) {
      try {
        var connection =
            new ServerConnection(channel.accept(), services, failures, connections::remove);
        connections.add(connection);
        connection.start();
      } catch (ClosedChannelException e) {
        closed.complete(null);
        return;
      } catch (IOException e) {
        // EMFILE and the like: without accept the server is of no use, its owner must know.
        closed.completeExceptionally(e);
        return;
      }
    }
  }

  /** Stops accepting, removes the socket file, closes every connection. */
  @Override
  public void close() throws IOException {
    var _ = Files.deleteIfExists(socket);
    channel.close();
    connections.forEach(ServerConnection::close);
  }
}
