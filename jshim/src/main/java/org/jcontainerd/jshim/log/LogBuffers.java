package org.jcontainerd.jshim.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The memory that all streams of one loop share: they take turns, so that a container costs none of
 * its own. Confined to the loop.
 */
public final class LogBuffers {
  /** Most bytes that one turn takes from a stream: the others wait no longer than this takes. */
  public static final int TURN_BYTES = 128 << 10;

  /** Longest content of a log line that can be asked for. */
  public static final int MAX_LINE_BYTES = 64 << 10;

  private static final int OUT_BYTES = 256 << 10;

  final byte[] in = new byte[TURN_BYTES + MAX_LINE_BYTES];
  final byte[] out = new byte[OUT_BYTES];
  final CriFormat format = new CriFormat();
  private final ByteBuffer directIn = ByteBuffer.allocateDirect(in.length);
  private final ByteBuffer directOut = ByteBuffer.allocateDirect(out.length);
  final ByteBuffer journal =
      ByteBuffer.allocateDirect(JournalEntry.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /** Off-heap memory for one read of raw output; valid until the stream's turn ends. */
  public ByteBuffer raw() {
    return directIn.clear();
  }

  /** The first {@code length} bytes of {@code out}, where a channel takes them without a copy. */
  ByteBuffer out(int length) {
    return directOut.clear().put(out, 0, length).flip();
  }
}
