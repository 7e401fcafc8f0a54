package org.jcontainerd.daemon.streaming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies one direction of a stream to its end. */
final class ChannelCopy {
  private static final Logger log = LoggerFactory.getLogger(ChannelCopy.class);
  private static final int BUFFER_BYTES = 32 * 1024;

  private ChannelCopy() {}

  /**
   * Copies until {@code from} ends or either side breaks; neither is closed. A broken side is no
   * error here: the process exited with input left, or the client hung up.
   *
   * @param what for the log
   */
  static void run(String what, ReadableByteChannel from, WritableByteChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try {
      while (from.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          int _ = to.write(buffer);
        }
      }
    } catch (IOException e) {
      log.atDebug().setCause(e).log("{} ended early", what);
    }
  }
}
