package org.jcontainerd.daemon.streaming;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server side of Kubernetes' port-forward protocol for one client: each forwarded connection is
 * a pair of streams, data and error, with the same request id.
 */
final class PortForward {
  static final List<String> PROTOCOLS = List.of("portforward.k8s.io");

  private static final Logger log = LoggerFactory.getLogger(PortForward.class);
  private static final Duration IDLE = Duration.ofHours(4);

  private final SpdySession session;
  private final PortDialer dialer;

  PortForward(SpdySession session, PortDialer dialer) {
    this.session = session;
    this.dialer = dialer;
  }

  void run() {
    Map<String, SpdyStream> halves = new HashMap<>();
    try {
      while (true) {
        SpdyStream stream = session.accept(IDLE);
        SpdyStream other = halves.remove(stream.header("requestid"));
        if (other == null) {
          halves.put(stream.header("requestid"), stream);
        } else {
          boolean data = stream.header("streamtype").equals("data");
          SpdyStream dataStream = data ? stream : other;
          SpdyStream errorStream = data ? other : stream;
          Thread.startVirtualThread(() -> forward(dataStream, errorStream));
        }
      }
    } catch (IOException e) {
      log.atDebug().setCause(e).log("port-forward ends");
    } finally {
      session.close();
    }
  }

  private void forward(SpdyStream data, SpdyStream error) {
    try (SocketChannel connection = dialer.dial(port(data))) {
      Thread inward =
          Thread.startVirtualThread(() -> {
            ChannelCopy.run("port-forward: client", data, connection);
            shutdownOutput(connection);
          });
      ChannelCopy.run("port-forward: port", connection, data);
      data.close();
      inward.join(Duration.ofSeconds(1)); // as kubelet's library: a second for the other half
    } catch (IOException | RuntimeException e) {
      tell(error, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      data.close();
      error.close();
      session.release(data);
      session.release(error);
    }
  }

  private static int port(SpdyStream stream) throws IOException {
    String port = stream.header("port");
    try {
      int number = Integer.parseInt(port);
      if (number >= 1 && number <= 65535) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IOException("port-forward: '" + port + "' is not a port", e);
    }
    throw new IOException("port-forward: port " + port + " is not between 1 and 65535");
  }

  private static void shutdownOutput(SocketChannel connection) {
    try {
      connection.shutdownOutput();
    } catch (IOException e) {
      log.atDebug().setCause(e).log("port-forward: end of data not delivered");
    }
  }

  private static void tell(SpdyStream error, String message) {
    try {
      error.send(message);
    } catch (IOException e) {
      log.atDebug().setCause(e).log("port-forward: client went away before '{}'", message);
    }
  }
}
