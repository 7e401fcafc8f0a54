package org.jcontainerd.snapshotter.layer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import org.jcontainerd.oci.image.Digest;

/**
 * Writes a layer into a directory in one pass: decompress, hash, unpack. Immutable; an application
 * is confined to the thread that calls {@link #apply}, and blocks in the kernel: use a platform
 * thread.
 */
public final class LayerApplier {
  private final LayerLimits limits;

  public LayerApplier(LayerLimits limits) {
    this.limits = limits;
  }

  /**
   * Applies a layer.
   *
   * <p>The directory must be empty and out of reach of everybody else. Nothing outside it is
   * touched, whatever the layer says. On failure it is left half filled, to be removed.
   *
   * @param compressed the blob: gzip, zstd, or not compressed at all
   * @param algorithm of the digest to compute
   * @param progress gets the number of uncompressed bytes after every chunk
   * @throws LayerException if the layer is malformed
   * @throws IOException if the source or the disk fails
   */
  public AppliedLayer apply(
      ByteChunks compressed, Path directory, Digest algorithm, LongConsumer progress)
      throws IOException {
    var hasher = algorithm.hasher();
    try (var decompression = Decompression.of(compressed);
        var tree = LayerTree.open(directory)) {
      var hashed = new HashedChunks(decompression, hasher, limits.maxBytes(), progress);
      var input = new TarInput(hashed);
      long entries = unpack(new TarReader(input), tree);
      // writers pad archives; those bytes count for the digest
      input.drain();
      drain(compressed);
      tree.finish();
      return new AppliedLayer(algorithm.finish(hasher), hashed.total(), entries, tree.implied());
    }
  }

  private long unpack(TarReader reader, LayerTree tree) throws IOException {
    long entries = 0;
    long bytes = 0;
    for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      bytes += entry.get().size();
      if (++entries > limits.maxEntries()) {
        throw new LayerException("layer has more than " + limits.maxEntries() + " entries");
      }
      // a sparse file is large without bytes in the archive
      if (bytes < 0 || bytes > limits.maxBytes()) {
        throw new LayerException("layer has more than " + limits.maxBytes() + " bytes of files");
      }
      tree.add(entry.get(), reader);
    }
    return entries;
  }

  /** What follows a zstd or gzip stream belongs to the blob, and its digest, too. */
  private static void drain(ByteChunks source) throws IOException {
    while (source.next().hasRemaining()) {
      // until the end
    }
  }

  /** Passes chunks on, hashed. */
  private static final class HashedChunks implements ByteChunks {
    private final ByteChunks source;
    private final MessageDigest hasher;
    private final long limit;
    private final LongConsumer progress;
    private long total;

    HashedChunks(ByteChunks source, MessageDigest hasher, long limit, LongConsumer progress) {
      this.source = source;
      this.hasher = hasher;
      this.limit = limit;
      this.progress = progress;
    }

    @Override
    public ByteBuffer next() throws IOException {
      var chunk = source.next();
      int length = chunk.remaining();
      total += length;
      if (total > limit) {
        throw new LayerException("layer has more than " + limit + " bytes");
      }
      hasher.update(chunk.array(), chunk.arrayOffset() + chunk.position(), length);
      progress.accept(length);
      return chunk;
    }

    long total() {
      return total;
    }
  }
}
