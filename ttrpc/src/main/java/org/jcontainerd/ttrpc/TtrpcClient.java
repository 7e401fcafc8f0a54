package org.jcontainerd.ttrpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Calls procedures of one server over one connection; calls run side by side. Thread-safe. When the
 * connection ends, every pending and later call fails with UNAVAILABLE; the owner connects anew.
 */
public final class TtrpcClient implements AutoCloseable {
  private final SocketChannel channel;
  private final String peer;
  private final FrameReader reader;
  private final FrameWriter writer;
  private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  // Stream ids must arrive in order: taking one and queueing its frame are one step under this
  // lock.
  private final ReentrantLock order = new ReentrantLock();
  private int nextStreamId = 1;
  private boolean ended;

  private TtrpcClient(SocketChannel channel, String peer) {
    this.channel = channel;
    this.peer = peer;
    this.reader = new FrameReader(channel, this::limit);
    this.writer = new FrameWriter(channel, this::close);
  }

  /**
   * @throws IOException if nobody listens on {@code socket}
   */
  public static TtrpcClient connect(Path socket) throws IOException {
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try (var address = SocketPath.of(socket)) {
      var _ = channel.connect(address.address());
    } catch (IOException e) {
      channel.close();
      throw new IOException("connect '" + socket + "': " + e.getMessage(), e);
    }
    var client = new TtrpcClient(channel, socket.toString());
    var _ = Thread.ofVirtual().name("ttrpc-read " + socket.getFileName()).start(client::read);
    return client;
  }

  /** Whether somebody listens: at no socket, and at that of a dead server, nobody does. */
  public static boolean isServed(Path socket) {
    try (var _ = connect(socket)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Calls and waits without a limit; ends with the connection at the latest. */
  public <Q extends MessageLite, R extends MessageLite> R call(
      Method<Q, R> method, Q argument, Metadata metadata) throws TtrpcException {
    return await(method, argument, metadata, Optional.empty());
  }

  /** Calls and waits for at most {@code timeout}, which the server learns as well. */
  public <Q extends MessageLite, R extends MessageLite> R call(
      Method<Q, R> method, Q argument, Metadata metadata, Duration timeout) throws TtrpcException {
    return await(method, argument, metadata, Optional.of(timeout));
  }

  /**
   * Calls without waiting. The future fails with {@link TtrpcException}; its stages run on the
   * connection's reader thread, so what takes time belongs into {@code ...Async} stages.
   */
  public <Q extends MessageLite, R extends MessageLite> CompletableFuture<R> start(
      Method<Q, R> method, Q argument, Metadata metadata) {
    return send(method, argument, metadata, 0)
        .response()
        .thenApply(response -> {
          try {
            return result(method, response);
          } catch (TtrpcException e) {
            throw new CompletionException(e);
          }
        });
  }

  /** Done when the connection has ended, for whatever reason. */
  public CompletableFuture<Void> closed() {
    return closed.copy();
  }

  private record Sent(int streamId, CompletableFuture<Response> response) {}

  private record Pending(CompletableFuture<Response> response, int limitBytes) {}

  /** Longest message of a stream; whose caller has given up is read and ignored like any other. */
  private int limit(int streamId) {
    var call = pending.get(streamId);
    return call == null ? FrameHeader.MAX_MESSAGE_BYTES : call.limitBytes();
  }

  private <Q extends MessageLite, R extends MessageLite> R await(
      Method<Q, R> method, Q argument, Metadata metadata, Optional<Duration> timeout)
      throws TtrpcException {
    long timeoutNanos = timeout.map(Duration::toNanos).orElse(0L);
    var sent = send(method, argument, metadata, timeoutNanos);
    try {
      var response =
          timeout.isEmpty()
              ? sent.response().get()
              : sent.response().get(timeoutNanos, TimeUnit.NANOSECONDS);
      return result(method, response);
    } catch (TimeoutException e) {
      throw new TtrpcException(
          Code.DEADLINE_EXCEEDED, method.path() + ": no answer in " + timeout.orElseThrow(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TtrpcException(Code.CANCELLED, method.path() + ": caller was interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof TtrpcException status
          ? status.here()
          : new TtrpcException(Code.INTERNAL, method.path(), e);
    } finally {
      pending.remove(sent.streamId());
    }
  }

  private Sent send(
      Method<?, ?> method, MessageLite argument, Metadata metadata, long timeoutNanos) {
    ByteBuffer frame;
    try {
      frame = Request.frame(method, argument, timeoutNanos, metadata);
    } catch (TtrpcException e) {
      return new Sent(0, CompletableFuture.failedFuture(e));
    }
    order.lock();
    try {
      if (ended) {
        return new Sent(0, CompletableFuture.failedFuture(gone()));
      }
      var sent = new Sent(nextStreamId, new CompletableFuture<>());
      nextStreamId += 2;
      pending.put(sent.streamId(), new Pending(sent.response(), method.maxResponseBytes()));
      writer.send(FrameHeader.setStreamId(frame, sent.streamId()));
      return sent;
    } catch (IOException e) {
      return new Sent(0, CompletableFuture.failedFuture(gone()));
    } finally {
      order.unlock();
    }
  }

  private static <R extends MessageLite> R result(Method<?, R> method, Response response)
      throws TtrpcException {
    if (response.code() != Code.OK) {
      throw new TtrpcException(response.code(), response.description());
    }
    try {
      return method.responseParser().parseFrom(response.payload());
    } catch (InvalidProtocolBufferException e) {
      throw new TtrpcException(Code.INTERNAL, method.path() + ": read result", e);
    }
  }

  private void read() {
    try {
      for (var frame = reader.next(); frame.isPresent(); frame = reader.next()) {
        receive(frame.get());
      }
    } catch (IOException e) {
      // Whoever waits learns of the end from end(): UNAVAILABLE.
    } finally {
      end();
    }
  }

  private void receive(Frame frame) throws IOException {
    var header = frame.header();
    if (header.type() != FrameType.RESPONSE) {
      return; // only responses answer unary calls
    }
    var call = pending.remove(header.streamId());
    if (call == null) {
      return; // its caller has given up
    }
    var response = call.response();
    if (header.exceeds(call.limitBytes())) {
      response.completeExceptionally(
          new TtrpcException(
              Code.RESOURCE_EXHAUSTED, header.oversizeDescription(call.limitBytes())));
      return;
    }
    try {
      response.complete(Response.read(frame.payload()));
    } catch (InvalidProtocolBufferException e) {
      response.completeExceptionally(new TtrpcException(Code.INTERNAL, "read response", e));
    }
  }

  private TtrpcException gone() {
    return new TtrpcException(Code.UNAVAILABLE, "connection to '" + peer + "' is closed");
  }

  private void end() {
    close();
    order.lock();
    try {
      ended = true;
    } finally {
      order.unlock();
    }
    // Nobody adds any more. Completing twice is harmless: the first wins.
    pending.values().forEach(call -> call.response().completeExceptionally(gone()));
    pending.clear();
    closed.complete(null);
  }

  /** Ends the connection; pending calls fail with UNAVAILABLE. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // close(2) has released the descriptor whatever it answers.
    }
  }
}
