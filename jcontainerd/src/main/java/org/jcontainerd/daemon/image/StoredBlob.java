package org.jcontainerd.daemon.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jcontainerd.snapshotter.layer.ByteChunks;

/** The bytes of a blob of the content store. Confined to one thread. */
final class StoredBlob implements ByteChunks, AutoCloseable {
  private final FileChannel channel;
  private final PullProgress.LayerCounter progress;
  private final ByteBuffer buffer = ByteBuffer.allocate(256 * 1024);

  StoredBlob(FileChannel channel, PullProgress.LayerCounter progress) {
    this.channel = channel;
    this.progress = progress;
  }

  @Override
  public ByteBuffer next() throws IOException {
    var _ = buffer.clear();
    int n = channel.read(buffer);
    progress.done(Math.max(n, 0));
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
