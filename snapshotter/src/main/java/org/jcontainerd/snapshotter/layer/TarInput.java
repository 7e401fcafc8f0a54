package org.jcontainerd.snapshotter.layer;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes of an archive, taken in the portions that tar needs. Confined to one thread. */
final class TarInput {
  private final ByteChunks source;
  private ByteBuffer chunk = ByteBuffer.allocate(0);

  TarInput(ByteChunks source) {
    this.source = source;
  }

  /** Fills a block; false if the stream ends before its first byte. */
  boolean readBlock(byte[] block) throws IOException {
    if (!fill()) {
      return false;
    }
    read(block);
    return true;
  }

  void read(byte[] into) throws IOException {
    int at = 0;
    while (at < into.length) {
      require();
      int n = Math.min(into.length - at, chunk.remaining());
      chunk.get(into, at, n);
      at += n;
    }
  }

  void skip(long count) throws IOException {
    long left = count;
    while (left > 0) {
      require();
      int n = (int) Math.min(left, chunk.remaining());
      chunk.position(chunk.position() + n);
      left -= n;
    }
  }

  /** Moves up to {@code limit} bytes, at least one, to {@code into}, as far as it has room. */
  int transfer(ByteBuffer into, long limit) throws IOException {
    require();
    int n = (int) Math.min(Math.min(limit, into.remaining()), chunk.remaining());
    into.put(chunk.slice(chunk.position(), n));
    chunk.position(chunk.position() + n);
    return n;
  }

  /** Passes over everything that is left. */
  void drain() throws IOException {
    while (fill()) {
      chunk.position(chunk.limit());
    }
  }

  private boolean fill() throws IOException {
    if (!chunk.hasRemaining()) {
      chunk = source.next();
    }
    return chunk.hasRemaining();
  }

  private void require() throws IOException {
    if (!fill()) {
      throw new LayerException("tar: ends in the middle");
    }
  }
}
