package org.jcontainerd.jshim.stdio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.loop.Registration;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixListener;
import org.jcontainerd.oci.json.OciJson;

/**
 * The socket for raw bytes of exec and attach (docs/contracts.md, "Streams"): reads the line that
 * says which stream is wanted, answers, and hands the connection to the stream's process. Runs on
 * one loop.
 */
public final class StreamServer implements AutoCloseable {
  private static final int MAX_LINE_BYTES = 4096;
  private static final int OWNER_ONLY = 0600;

  private final IoLoop loop;
  private final UnixListener listener;
  private final StreamRouter router;
  private final Registration accepting;

  private StreamServer(IoLoop loop, UnixListener listener, StreamRouter router)
      throws LinuxException {
    this.loop = loop;
    this.listener = listener;
    this.router = router;
    this.accepting = loop.waiter().onReadable(listener.fd(), _ -> accept());
  }

  /** Listens on {@code socket}, replacing what a dead shim left there. */
  public static StreamServer listen(Path socket, IoLoop loop, StreamRouter router)
      throws LinuxException {
    var listener = UnixListener.bindReplacing(SocketType.STREAM, socket, OWNER_ONLY).nonBlocking();
    return new StreamServer(loop, listener, router);
  }

  public Path socket() {
    return listener.path();
  }

  private void accept() throws LinuxException {
    var connection = listener.tryAccept();
    if (connection.isPresent()) {
      var fd = connection.get().fd();
      fd.setNonBlocking(true);
      var request = ByteBuffer.allocate(MAX_LINE_BYTES);
      var _ = loop.waiter().onReadable(fd, registration -> read(fd, request, registration));
    }
  }

  private void read(Fd client, ByteBuffer request, Registration registration) throws IOException {
    int count;
    try {
      count = client.read(request);
    } catch (LinuxException e) {
      count = -1; // whoever it was has left
    }
    int newline = newline(request);
    if (newline >= 0) {
      registration.closeThen(() -> serve(client, request.flip(), newline));
    } else if (count < 0 || !request.hasRemaining()) {
      registration.closeThen(client::close);
    }
  }

  private static int newline(ByteBuffer request) {
    for (int i = 0; i < request.position(); i++) {
      if (request.get(i) == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void serve(Fd client, ByteBuffer request, int newline) {
    var line = StandardCharsets.UTF_8.decode(request.slice(0, newline)).toString();
    var first = request.position(newline + 1).slice();
    try {
      switch (router.find(StreamRequest.parse(line))) {
        case StreamRouter.Reserve(var taker) -> {
          taker.take(client, first);
          answer(client, "{}\n");
        }
        case StreamRouter.Attach(var taker) -> {
          answer(client, "{}\n");
          // The taker waits for the process's own loop, which could be this one.
          var _ = Thread.ofVirtual().name("stream-join").start(() -> join(taker, client, first));
        }
      }
    } catch (IOException e) {
      refuse(client, e);
    }
  }

  private static void join(StreamRouter.Taker place, Fd client, ByteBuffer first) {
    try {
      place.take(client, first);
    } catch (IOException e) {
      client.close(); // the process has ended meanwhile; the client sees the end
    }
  }

  private static void refuse(Fd client, IOException reason) {
    var message = OciJson.write(Map.of("error", String.valueOf(reason.getMessage())));
    try {
      answer(client, new String(message, StandardCharsets.UTF_8) + "\n");
    } catch (LinuxException e) {
      // it has left without waiting for the answer
    } finally {
      client.close();
    }
  }

  private static void answer(Fd client, String line) throws LinuxException {
    client.writeFully(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() throws IOException {
    accepting.closeThen(listener::close);
    var _ = Files.deleteIfExists(listener.path());
  }
}
