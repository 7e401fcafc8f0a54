package org.jcontainerd.daemon.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jcontainerd.oci.image.Digest;

/**
 * A blob that arrives. Confined to one thread.
 *
 * <p>Closed without {@link #commit} it keeps what arrived, for a later resume; {@link #restart}
 * drops that.
 */
public final class Ingest implements AutoCloseable {
  private final Digest digest;
  private final Path partial;
  private final Path target;
  private final FileChannel channel;

  Ingest(Digest digest, Path partial, Path target, FileChannel channel) {
    this.digest = digest;
    this.partial = partial;
    this.target = target;
    this.channel = channel;
  }

  /** Bytes that are here. */
  public long size() throws IOException {
    return channel.size();
  }

  /** Fills {@code into} from the bytes that are here, from {@code offset}; -1 at their end. */
  public int read(ByteBuffer into, long offset) throws IOException {
    return channel.read(into, offset);
  }

  /** Appends; takes all of {@code from}. */
  public void write(ByteBuffer from) throws IOException {
    long at = channel.size();
    while (from.hasRemaining()) {
      at += channel.write(from, at);
    }
  }

  /** Drops what arrived. */
  public void restart() throws IOException {
    FileChannel _ = channel.truncate(0);
  }

  /**
   * Makes the blob part of the store.
   *
   * @param actual digest of all bytes, as the caller has computed it on the way
   * @param expectedSize as announced
   * @throws ContentFailure.Mismatch if digest or size are not those announced; nothing is kept
   */
  public void commit(Digest actual, long expectedSize) throws IOException, ContentFailure {
    long size = channel.size();
    if (!actual.equals(digest) || size != expectedSize) {
      restart();
      throw new ContentFailure.Mismatch(
          "fetch",
          digest,
          size != expectedSize
              ? "has " + size + " bytes, expected " + expectedSize
              : "content has digest '" + actual + "'");
    }
    Path _ = Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Closes the file; an empty one is removed. */
  @Override
  public void close() throws IOException {
    boolean empty = channel.size() == 0;
    channel.close();
    if (empty) {
      boolean _ = Files.deleteIfExists(partial);
    }
  }
}
