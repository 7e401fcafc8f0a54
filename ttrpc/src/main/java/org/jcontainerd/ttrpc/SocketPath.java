package org.jcontainerd.ttrpc;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The address of a socket file for one bind or connect. {@code sun_path} holds 107 bytes and a NUL
 * (unix(7)); a longer path is reached through a symbolic link in a private temporary directory,
 * which is there until this is closed.
 *
 * @param link to the directory of the socket
 */
record SocketPath(UnixDomainSocketAddress address, Optional<Path> link) implements AutoCloseable {
  private static final int MAX_BYTES = 107;

  static SocketPath of(Path socket) throws IOException {
    var directory = socket.toAbsolutePath().getParent();
    if (directory == null || bytes(socket) <= MAX_BYTES) {
      return new SocketPath(UnixDomainSocketAddress.of(socket), Optional.empty());
    }
    var link = Files.createTempDirectory("ttrpc").resolve("d"); // mode 0700
    var through = link.resolve(socket.getFileName());
    var path = new SocketPath(UnixDomainSocketAddress.of(through), Optional.of(link));
    try {
      if (bytes(through) > MAX_BYTES) {
        throw new IOException("socket name '" + socket.getFileName() + "' is too long");
      }
      var _ = Files.createSymbolicLink(link, directory);
      return path;
    } catch (IOException e) {
      path.close();
      throw e;
    }
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public void close() throws IOException {
    if (link.isPresent()) {
      var _ = Files.deleteIfExists(link.get());
      var _ = Files.deleteIfExists(link.get().resolve("..").normalize());
    }
  }
}
