package org.jcontainerd.ttrpc;

import java.nio.ByteBuffer;

/**
 * The ten bytes before every message, big endian (PROTOCOL.md, "Frame Header").
 *
 * <pre>
 *   | length u32 | stream id u32 | type u8 | flags u8 |
 * </pre>
 *
 * @param length bytes of the message after the header; above {@link #MAX_MESSAGE_BYTES} the message
 *     is discarded by the receiver
 */
record FrameHeader(int length, int streamId, FrameType type, byte flags) {
  static final int BYTES = 10;

  /** 4 MiB, the reference's {@code messageLengthMax}. */
  static final int MAX_MESSAGE_BYTES = 4 << 20;

  /** The request opens a stream on which the caller sends no more. */
  static final byte REMOTE_CLOSED = 0x01;

  /** The request opens a stream on which the caller goes on sending. */
  static final byte REMOTE_OPEN = 0x02;

  static FrameHeader read(ByteBuffer from) {
    return new FrameHeader(from.getInt(), from.getInt(), FrameType.of(from.get()), from.get());
  }

  void write(ByteBuffer to) {
    to.putInt(length).putInt(streamId).put(type.number()).put(flags);
  }

  /** Sets the stream id of an encoded frame. */
  static ByteBuffer setStreamId(ByteBuffer frame, int streamId) {
    return frame.putInt(Integer.BYTES, streamId);
  }

  boolean oversize() {
    return exceeds(MAX_MESSAGE_BYTES);
  }

  boolean exceeds(int limitBytes) {
    return Integer.compareUnsigned(length, limitBytes) > 0;
  }

  String oversizeDescription(int limitBytes) {
    return "message length "
        + Integer.toUnsignedString(length)
        + " exceeds the maximum of "
        + limitBytes;
  }
}
