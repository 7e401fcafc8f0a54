package org.jcontainerd.jshim.event;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jcontainerd.api.containerd.ttrpc.events.v1.ForwardRequest;
import org.jcontainerd.api.containerd.types.Envelope;
import org.jcontainerd.jshim.ShimLog;
import org.jcontainerd.ttrpc.Metadata;
import org.jcontainerd.ttrpc.Method;
import org.jcontainerd.ttrpc.TtrpcClient;

/**
 * Sends task events to containerd over ttrpc, one after the other. While containerd is away events
 * wait, up to {@link #LIMIT}; an event that cannot be delivered in {@link #TRIES} tries is given
 * up, so that one bad event does not hold back the exits behind it. Thread-safe.
 */
public final class EventForwarder implements TaskEvents {
  private static final Method<ForwardRequest, Empty> FORWARD =
      new Method<>(
          "containerd.services.events.ttrpc.v1.Events",
          "Forward",
          ForwardRequest.parser(),
          Empty.parser());
  private static final int LIMIT = 8192;
  private static final int TRIES = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Path socket;
  private final ShimLog log;
  private final LinkedBlockingQueue<Envelope> queue = new LinkedBlockingQueue<>(LIMIT);

  private EventForwarder(Path socket, ShimLog log) {
    this.socket = socket;
    this.log = log;
  }

  /** Starts forwarding to {@code socket}, which need not exist yet. */
  public static EventForwarder start(Path socket, ShimLog log) {
    var forwarder = new EventForwarder(socket, log);
    var _ = Thread.ofVirtual().name("events").start(forwarder::run);
    return forwarder;
  }

  @Override
  public void publish(String namespace, String topic, Message event) {
    var now = Instant.now();
    var envelope =
        Envelope.newBuilder()
            .setTimestamp(
                Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
            .setNamespace(namespace)
            .setTopic(topic)
            .setEvent(
                Any.newBuilder()
                    .setTypeUrl(event.getDescriptorForType().getFullName())
                    .setValue(event.toByteString()))
            .build();
    if (!queue.offer(envelope)) {
      log.warn("event dropped", new IOException(topic + ": " + LIMIT + " events wait already"));
    }
  }

  private void run() {
    try {
      while (true) {
        deliver(queue.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver(Envelope envelope) {
    var request = ForwardRequest.newBuilder().setEnvelope(envelope).build();
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      try (var client = TtrpcClient.connect(socket)) {
        var _ =
            client.call(FORWARD, request, Metadata.namespace(envelope.getNamespace()), PATIENCE);
        return;
      } catch (IOException e) {
        if (attempt == TRIES) {
          log.warn("event " + envelope.getTopic() + " is given up", e);
        }
        LockSupport.parkNanos(Duration.ofMillis(100L << attempt).toNanos());
      }
    }
  }
}
