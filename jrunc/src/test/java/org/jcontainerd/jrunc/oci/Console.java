package org.jcontainerd.jrunc.oci;

import java.io.IOException;
import java.nio.file.Path;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixListener;

/** Accepts terminals for as long as it is open, and keeps none. */
final class Console implements AutoCloseable {
  private final UnixListener listener;
  private final Thread thread;

  private Console(UnixListener listener) {
    this.listener = listener;
    this.thread = Thread.ofPlatform().daemon(true).name("console").start(this::accept);
  }

  static Console listen(Path socket) throws IOException {
    return new Console(UnixListener.bind(SocketType.STREAM, socket, 0600));
  }

  private void accept() {
    try {
      while (true) {
        try (var connection = listener.accept()) {
          connection.receive(256).ifPresent(message -> message.fds().forEach(Fd::close));
        }
      }
    } catch (IOException _) {
      // shut down, which is how the test ends
    }
  }

  @Override
  public void close() throws IOException {
    listener.shutdown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("wait for the console: interrupted", e);
    }
    listener.close();
  }
}
