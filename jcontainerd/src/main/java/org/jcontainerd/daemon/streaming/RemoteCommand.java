package org.jcontainerd.daemon.streaming;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server side of Kubernetes' remote-command protocol for one client: waits for the streams the
 * client opens, connects them with the process, tells how it ended. Runs on one virtual thread of
 * its own and starts one more per direction.
 */
final class RemoteCommand {
  /** Subprotocols, best first; v4 reports the exit code as JSON, v3 has window sizes. */
  static final List<String> PROTOCOLS =
      List.of("v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io");

  private static final Logger log = LoggerFactory.getLogger(RemoteCommand.class);
  private static final Duration PEER_CLOSE = Duration.ofSeconds(2);

  private final SpdySession session;
  private final String protocol;
  private final StreamRequest.Command request;

  RemoteCommand(SpdySession session, String protocol, StreamRequest.Command request) {
    this.session = session;
    this.protocol = protocol;
    this.request = request;
  }

  void run() {
    try {
      boolean withSizes = PROTOCOLS.indexOf(protocol) <= 1;
      var streams = RemoteStreams.accept(session, request.streams(), withSizes);
      RemoteStatus status = connect(streams);
      tell(streams.error(), status);
      session.awaitPeerClose(PEER_CLOSE);
    } catch (IOException e) {
      log.atDebug().setCause(e).log("remote command: client went away");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      session.close();
    }
  }

  private RemoteStatus connect(RemoteStreams streams) throws InterruptedException {
    try (ProcessStreams process = request.opener().open()) {
      session.whenGone(() -> closeAfterClient(process));
      List<Thread> outputs = new ArrayList<>();
      pump("stdout", process.stdout(), streams.stdout()).ifPresent(outputs::add);
      pump("stderr", process.stderr(), streams.stderr()).ifPresent(outputs::add);
      process.stdin().ifPresent(to -> streams.stdin().ifPresent(from -> feed(from, to)));
      streams
          .resize()
          .ifPresent(sizes -> Thread.startVirtualThread(() -> followSize(sizes, process)));
      for (Thread output : outputs) {
        output.join();
      }
      OptionalInt code = process.await();
      return code.isPresent() ? RemoteStatus.exited(code.getAsInt()) : RemoteStatus.success();
    } catch (IOException | RuntimeException e) {
      log.atWarn().setCause(e).log("remote command failed");
      return RemoteStatus.failed(String.valueOf(e.getMessage()));
    }
  }

  /** The client is gone: nobody reads the output, so the process's streams are given up. */
  private static void closeAfterClient(ProcessStreams process) {
    try {
      process.close();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("remote command: streams not closed");
    }
  }

  private static Optional<Thread> pump(
      String name, Optional<ReadableByteChannel> from, Optional<SpdyStream> to) {
    if (from.isEmpty() || to.isEmpty()) {
      return Optional.empty();
    }
    ReadableByteChannel source = from.get();
    SpdyStream target = to.get();
    return Optional.of(
        Thread.startVirtualThread(() -> {
          ChannelCopy.run(name, source, target);
          target.close();
        }));
  }

  private static void feed(SpdyStream from, WritableByteChannel to) {
    Thread _ =
        Thread.startVirtualThread(() -> {
          ChannelCopy.run("stdin", from, to);
          try {
            to.close(); // the end of input
          } catch (IOException e) {
            log.atDebug().setCause(e).log("remote command: end of input not delivered");
          }
        });
  }

  private static void followSize(SpdyStream sizes, ProcessStreams process) {
    var json = new ObjectMapper();
    try (var documents =
        json.readerFor(JsonNode.class).readValues(Channels.newInputStream(sizes))) {
      while (documents.hasNextValue()) {
        JsonNode size = (JsonNode) documents.nextValue();
        process.resize(size.path("Width").asInt(), size.path("Height").asInt());
      }
    } catch (IOException e) {
      log.atDebug().setCause(e).log("remote command: window size not applied");
    }
  }

  private void tell(SpdyStream error, RemoteStatus status) throws IOException {
    String text = protocol.startsWith("v4") ? status.json() : status.text();
    if (!text.isEmpty()) {
      error.send(text);
    }
    error.close();
  }
}
