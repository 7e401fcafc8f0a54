package org.jcontainerd.ttrpc;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;

/**
 * A frame as it was received. An oversize frame has no payload: it was discarded.
 *
 * @param payload the message
 */
record Frame(FrameHeader header, ByteString payload) {

  /** Header and payload in one heap buffer, ready to be written. */
  static ByteBuffer allocate(FrameHeader header) {
    var buffer = ByteBuffer.allocate(FrameHeader.BYTES + header.length());
    header.write(buffer);
    return buffer;
  }
}
