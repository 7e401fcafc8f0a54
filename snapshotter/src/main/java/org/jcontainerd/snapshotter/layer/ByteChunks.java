package org.jcontainerd.snapshotter.layer;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A stream of bytes that hands out its own buffers, so that a layer passes from the network to the
 * file without being copied between stages. Confined to one thread.
 */
@FunctionalInterface
public interface ByteChunks {
  /**
   * The next bytes.
   *
   * @return a buffer with an accessible array and at least one byte, valid until the next call; one
   *     with no byte at the end
   */
  ByteBuffer next() throws IOException;
}
