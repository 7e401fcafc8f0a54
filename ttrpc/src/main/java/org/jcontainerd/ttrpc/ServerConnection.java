package org.jcontainerd.ttrpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One client of a server: its reader thread dispatches, a virtual thread per call answers. */
final class ServerConnection {
  private final SocketChannel channel;
  private final Services services;
  private final FailureMapper failures;
  private final Consumer<ServerConnection> onEnd;
  private final FrameReader reader;
  private final FrameWriter writer;
  private final CompletableFuture<Void> disconnected = new CompletableFuture<>();
  // Confined to the reader thread.
  private int lastStreamId;

  ServerConnection(
      SocketChannel channel,
      Services services,
      FailureMapper failures,
      Consumer<ServerConnection> onEnd) {
    this.channel = channel;
    this.services = services;
    this.failures = failures;
    this.onEnd = onEnd;
    this.reader = new FrameReader(channel);
    this.writer = new FrameWriter(channel, this::close);
  }

  void start() {
    var _ = Thread.ofVirtual().name("ttrpc-read").start(this::read);
  }

  private void read() {
    try {
      for (var frame = reader.next(); frame.isPresent(); frame = reader.next()) {
        receive(frame.get());
        writer.awaitRoom();
      }
    } catch (IOException e) {
      // The peer broke off or the connection was closed here: the connection ends, its calls learn
      // it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  private void receive(Frame frame) throws IOException {
    var header = frame.header();
    switch (header.type()) {
      case REQUEST -> {
        var refusal = refusal(header);
        if (refusal.isPresent()) {
          refuse(header.streamId(), refusal.get());
        } else {
          dispatch(frame);
        }
      }
      case DATA ->
          refuse(
              header.streamId(),
              new TtrpcException(Code.INVALID_ARGUMENT, "StreamID is no longer active"));
      case RESPONSE, OTHER -> {
        // Not for a server, or of a later version: ignored, as the reference does.
      }
    }
  }

  /** Why a request frame is not dispatched. */
  private Optional<TtrpcException> refusal(FrameHeader header) {
    if (header.oversize()) {
      return Optional.of(
          new TtrpcException(
              Code.RESOURCE_EXHAUSTED, header.oversizeDescription(FrameHeader.MAX_MESSAGE_BYTES)));
    }
    if (header.streamId() % 2 == 0) {
      return Optional.of(
          new TtrpcException(
              Code.INVALID_ARGUMENT, "StreamID must be odd for client initiated streams"));
    }
    if (Integer.compareUnsigned(header.streamId(), lastStreamId) <= 0) {
      return Optional.of(
          new TtrpcException(
              Code.INVALID_ARGUMENT, "StreamID cannot be re-used and must increment"));
    }
    lastStreamId = header.streamId();
    if ((header.flags() & (FrameHeader.REMOTE_CLOSED | FrameHeader.REMOTE_OPEN)) != 0) {
      return Optional.of(
          new TtrpcException(
              Code.UNIMPLEMENTED, "streaming methods are not implemented, send flags 0"));
    }
    return Optional.empty();
  }

  private void dispatch(Frame frame) throws IOException {
    int streamId = frame.header().streamId();
    Request request;
    Services.Entry<?, ?> entry;
    try {
      request = Request.read(frame.payload());
      entry = services.find(request);
    } catch (InvalidProtocolBufferException e) {
      refuse(
          streamId, new TtrpcException(Code.INVALID_ARGUMENT, "read request: " + e.getMessage()));
      return;
    } catch (TtrpcException e) {
      refuse(streamId, e);
      return;
    }
    var call =
        new Call(
            request.metadata(),
            deadline(request.timeoutNanos()),
            disconnected,
            new CompletableFuture<>());
    var _ =
        Thread.ofVirtual()
            .name("ttrpc " + request.method())
            .start(() -> answer(entry, streamId, request, call));
  }

  private <Q extends MessageLite, R extends MessageLite> void answer(
      Services.Entry<Q, R> entry, int streamId, Request request, Call call) {
    ByteBuffer frame;
    try {
      var argument = entry.method().requestParser().parseFrom(request.payload());
      frame =
          Response.ok(
              streamId, entry.handler().handle(argument, call), entry.method().maxResponseBytes());
    } catch (InvalidProtocolBufferException e) {
      frame =
          failed(
              streamId,
              new TtrpcException(Code.INVALID_ARGUMENT, "read argument: " + e.getMessage()));
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError | AssertionError e) {
      // The edge of the call: whatever happened in it, the caller gets an answer.
      frame = failed(streamId, failures.map(entry.method(), e));
    }
    try {
      writer.send(frame, () -> call.answered().complete(null));
    } catch (IOException e) {
      // Nobody is left to be told; the reader ends the connection.
    }
  }

  private void refuse(int streamId, TtrpcException status) throws IOException {
    writer.send(failed(streamId, status));
  }

  private static ByteBuffer failed(int streamId, TtrpcException status) {
    return Response.failed(streamId, status.code(), status.description());
  }

  private static long deadline(long timeoutNanos) {
    return timeoutNanos <= 0 ? Long.MAX_VALUE : System.nanoTime() + timeoutNanos;
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // close(2) has released the descriptor whatever it answers.
    }
    onEnd.accept(this);
    disconnected.complete(null);
  }
}
