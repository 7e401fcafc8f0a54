package org.jcontainerd.snapshotter.layer;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Undoes the compression of a layer, which is found by its first bytes: media types are often wrong
 * about it, and the digests decide in the end whether the content is right.
 */
final class Decompression implements ByteChunks, AutoCloseable {
  private static final int CHUNK = 256 * 1024;

  private final ByteChunks chunks;
  private final AutoCloseable resource;

  private Decompression(ByteChunks chunks, AutoCloseable resource) {
    this.chunks = chunks;
    this.resource = resource;
  }

  static Decompression of(ByteChunks compressed) throws IOException {
    var source = new Peeked(compressed);
    var magic = source.peek(4);
    if (startsWith(magic, 0x1f, 0x8b)) {
      var gzip = new GzipChunks(source, CHUNK);
      return new Decompression(gzip, gzip);
    }
    // a frame, or one of the skippable frames that zstd:chunked starts with (RFC 8878, 3.1.2)
    if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)
        || (magic.length == 4
            && (magic[0] & 0xf0) == 0x50
            && startsWith(new byte[] {magic[1], magic[2], magic[3]}, 0x2a, 0x4d, 0x18))) {
      var zstd = new ZstdInputStreamNoFinalizer(new ChunkStream(source));
      return new Decompression(new StreamChunks(zstd, CHUNK), zstd);
    }
    return new Decompression(source, () -> {});
  }

  private static boolean startsWith(byte[] bytes, int... magic) {
    if (bytes.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((bytes[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public ByteBuffer next() throws IOException {
    return chunks.next();
  }

  /** Frees native memory; does not touch the source. */
  @Override
  public void close() throws IOException {
    try {
      resource.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("close decompressor: " + e.getMessage(), e);
    }
  }

  /** Chunks whose first bytes can be looked at before they are taken. */
  private static final class Peeked implements ByteChunks {
    private final ByteChunks source;
    private ByteBuffer head = ByteBuffer.allocate(0);

    Peeked(ByteChunks source) {
      this.source = source;
    }

    byte[] peek(int count) throws IOException {
      var gathered = new byte[0];
      while (gathered.length < count) {
        var chunk = source.next();
        if (!chunk.hasRemaining()) {
          break;
        }
        var joined = new byte[gathered.length + chunk.remaining()];
        System.arraycopy(gathered, 0, joined, 0, gathered.length);
        chunk.get(joined, gathered.length, chunk.remaining());
        gathered = joined;
      }
      head = ByteBuffer.wrap(gathered);
      return java.util.Arrays.copyOf(gathered, Math.min(count, gathered.length));
    }

    @Override
    public ByteBuffer next() throws IOException {
      if (head.hasRemaining()) {
        var first = head;
        head = ByteBuffer.allocate(0);
        return first;
      }
      return source.next();
    }
  }

  /** Chunks as a stream. */
  private static final class ChunkStream extends InputStream {
    private final ByteChunks source;
    private ByteBuffer chunk = ByteBuffer.allocate(0);

    ChunkStream(ByteChunks source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      return fill() ? chunk.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int n = Math.min(length, chunk.remaining());
      chunk.get(into, offset, n);
      return n;
    }

    private boolean fill() throws IOException {
      if (!chunk.hasRemaining()) {
        chunk = source.next();
      }
      return chunk.hasRemaining();
    }
  }

  /** A stream as chunks. */
  private static final class StreamChunks implements ByteChunks {
    private final InputStream stream;
    private final byte[] buffer;

    StreamChunks(InputStream stream, int size) {
      this.stream = stream;
      this.buffer = new byte[size];
    }

    @Override
    public ByteBuffer next() throws IOException {
      try {
        int n = stream.readNBytes(buffer, 0, buffer.length);
        return ByteBuffer.wrap(buffer, 0, n);
      } catch (com.github.luben.zstd.ZstdIOException e) {
        throw new LayerException("decompress: " + e.getMessage(), e);
      }
    }
  }
}
