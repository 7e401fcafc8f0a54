package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;

/** How a caller learns the process: {@code --pid-file}, {@code --pidfd-socket}. */
final class PidFile {
  private PidFile() {}

  static void announce(Arguments arguments, int pid) throws IOException {
    Optional<String> file = arguments.value("pid-file");
    if (file.isPresent()) {
      write(Path.of(file.get()).toAbsolutePath(), pid);
    }
    Optional<String> socket = arguments.value("pidfd-socket");
    if (socket.isPresent()) {
      try (PidFd process = PidFd.open(pid);
          UnixSocket connected = UnixSocket.connect(SocketType.STREAM, Path.of(socket.get()))) {
        connected.send(
            ByteBuffer.wrap("pidfd".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
            List.of(process.fd()));
      }
    }
  }

  /** Renamed into place, so that whoever waits for the file never reads half of it. */
  private static void write(Path file, int pid) throws IOException {
    Path next = file.resolveSibling("." + file.getFileName());
    try {
      Files.writeString(next, Integer.toString(pid));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      var failure = new IOException("write pid file " + FailureText.cause(e), e);
      try {
        var _ = Files.deleteIfExists(next);
      } catch (IOException left) {
        failure.addSuppressed(left);
      }
      throw failure;
    }
  }
}
