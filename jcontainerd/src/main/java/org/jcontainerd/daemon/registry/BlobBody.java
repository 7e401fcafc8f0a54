package org.jcontainerd.daemon.registry;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jcontainerd.snapshotter.layer.ByteChunks;

/** Bytes of a blob that arrive. Confined to one thread; closed by whoever asked for it. */
public final class BlobBody implements ByteChunks, AutoCloseable {
  private final HttpBody body;
  private final long start;

  BlobBody(HttpBody body, long start) {
    this.body = body;
    this.start = start;
  }

  /** Offset of the first byte in the blob: what was asked for, or 0 if the server has no ranges. */
  public long start() {
    return start;
  }

  @Override
  public ByteBuffer next() throws IOException {
    return body.next();
  }

  /** Drops the connection unless everything has been read. */
  @Override
  public void close() {
    body.close();
  }
}
