package org.jcontainerd.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** Cuts a byte stream into frames. Confined to the connection's reader thread. */
final class FrameReader {
  /** Most messages of the task service are far smaller, so that one read gives whole frames. */
  private static final int BUFFER_BYTES = 4096;

  private final ReadableByteChannel channel;
  private final IntUnaryOperator limit;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();

  /** With the protocol's limit for every message. */
  FrameReader(ReadableByteChannel channel) {
    this(channel, _ -> FrameHeader.MAX_MESSAGE_BYTES);
  }

  /**
   * @param limit longest message by stream id
   */
  FrameReader(ReadableByteChannel channel, IntUnaryOperator limit) {
    this.channel = channel;
    this.limit = limit;
  }

  /**
   * Waits for the next frame; empty at the end of the stream between two frames.
   *
   * @throws EOFException if the stream ends inside a frame
   */
  Optional<Frame> next() throws IOException {
    if (!buffer.hasRemaining() && !fill()) {
      return Optional.empty();
    }
    while (buffer.remaining() < FrameHeader.BYTES) {
      if (!fill()) {
        throw new EOFException("ttrpc stream ends inside a frame header");
      }
    }
    var header = FrameHeader.read(buffer);
    if (header.exceeds(limit.applyAsInt(header.streamId()))) {
      discard(Integer.toUnsignedLong(header.length()));
      return Optional.of(new Frame(header, ByteString.EMPTY));
    }
    return Optional.of(new Frame(header, payload(header.length())));
  }

  private ByteString payload(int length) throws IOException {
    var payload = new byte[length];
    int buffered = Math.min(length, buffer.remaining());
    buffer.get(payload, 0, buffered);
    var rest = ByteBuffer.wrap(payload, buffered, length - buffered);
    while (rest.hasRemaining()) {
      if (channel.read(rest) < 0) {
        throw endInside();
      }
    }
    return UnsafeByteOperations.unsafeWrap(payload);
  }

  private void discard(long length) throws IOException {
    long left = length;
    while (left > 0) {
      if (!buffer.hasRemaining() && !fill()) {
        throw endInside();
      }
      int step = (int) Math.min(left, buffer.remaining());
      buffer.position(buffer.position() + step);
      left -= step;
    }
  }

  private boolean fill() throws IOException {
    buffer.compact();
    try {
      return channel.read(buffer) >= 0;
    } finally {
      buffer.flip();
    }
  }

  private static EOFException endInside() {
    return new EOFException("ttrpc stream ends inside a message");
  }
}
