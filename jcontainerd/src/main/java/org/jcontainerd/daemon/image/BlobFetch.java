package org.jcontainerd.daemon.image;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import org.jcontainerd.daemon.content.ContentFailure;
import org.jcontainerd.daemon.content.Ingest;
import org.jcontainerd.daemon.registry.BlobBody;
import org.jcontainerd.daemon.registry.RegistryFailure;
import org.jcontainerd.daemon.registry.RegistrySession;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.snapshotter.layer.ByteChunks;

/**
 * The bytes of a blob, first those that an earlier attempt left, then those that the registry
 * sends; on the way they are hashed and written to the content store. Confined to one thread.
 *
 * <p>A broken connection is resumed where it broke, as long as some bytes arrive between two
 * breaks: it is the lack of progress that ends it, not the number of breaks.
 */
final class BlobFetch implements ByteChunks, AutoCloseable {
  private static final int BREAKS_WITHOUT_PROGRESS = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final int REPLAY_CHUNK = 256 * 1024;

  private final RegistrySession registry;
  private final Descriptor blob;
  private final Ingest ingest;
  private final MessageDigest hasher;
  private final PullProgress.LayerCounter progress;
  private long position;
  private long arrived;
  private long toSkip;
  private int breaks;
  private Optional<BlobBody> body = Optional.empty();

  BlobFetch(
      RegistrySession registry, Descriptor blob, Ingest ingest, PullProgress.LayerCounter progress)
      throws IOException {
    this.registry = registry;
    this.blob = blob;
    this.ingest = ingest;
    this.progress = progress;
    this.hasher = blob.digest().hasher();
    this.arrived = ingest.size();
    if (arrived > blob.size()) {
      ingest.restart();
      arrived = 0;
    }
  }

  @Override
  public ByteBuffer next() throws IOException {
    var chunk = position < arrived ? replay() : receive();
    hasher.update(chunk.array(), chunk.arrayOffset() + chunk.position(), chunk.remaining());
    position += chunk.remaining();
    progress.done(chunk.remaining());
    return chunk;
  }

  private ByteBuffer replay() throws IOException {
    var chunk = ByteBuffer.allocate((int) Math.min(REPLAY_CHUNK, arrived - position));
    if (ingest.read(chunk, position) <= 0) {
      throw new IOException("read partial blob '" + blob.digest() + "': ends early");
    }
    return chunk.flip();
  }

  private ByteBuffer receive() throws IOException {
    while (arrived < blob.size()) {
      try {
        var chunk = open().next();
        if (!chunk.hasRemaining()) {
          throw new IOException("body ends at " + arrived + " of " + blob.size() + " bytes");
        }
        int skipped = (int) Math.min(toSkip, chunk.remaining());
        toSkip -= skipped;
        chunk.position(chunk.position() + skipped);
        if (chunk.hasRemaining()) {
          keep(chunk);
          return chunk;
        }
      } catch (InterruptedIOException | TransportException | DiskException e) {
        throw e;
      } catch (IOException e) {
        resume(e);
      }
    }
    return ByteBuffer.allocate(0);
  }

  private void keep(ByteBuffer chunk) throws IOException {
    if (chunk.remaining() > blob.size() - arrived) {
      // one byte more than announced is enough to know
      chunk.limit(chunk.position() + (int) (blob.size() - arrived));
    }
    try {
      ingest.write(chunk.duplicate());
    } catch (IOException e) {
      throw new DiskException(e);
    }
    arrived += chunk.remaining();
    breaks = 0;
  }

  private BlobBody open() throws IOException {
    if (body.isPresent()) {
      return body.get();
    }
    try {
      var opened = registry.blob(blob, arrived);
      body = Optional.of(opened);
      toSkip = arrived - opened.start(); // a server without ranges starts at the first byte
      return opened;
    } catch (RegistryFailure.Unavailable e) {
      throw new IOException(e.getMessage(), e); // counts as a break
    } catch (RegistryFailure e) {
      throw new TransportException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var interrupted = new InterruptedIOException("fetch blob '" + blob.digest() + "'");
      var _ = interrupted.initCause(e);
      throw interrupted;
    }
  }

  private void resume(IOException broken) throws IOException {
    closeBody();
    if (++breaks > BREAKS_WITHOUT_PROGRESS) {
      throw new TransportException(
          "get blob '%s': %s, at %d of %d bytes, %d attempts without progress"
              .formatted(blob.digest(), broken.getMessage(), arrived, blob.size(), breaks),
          broken);
    }
    try {
      Thread.sleep(FIRST_PAUSE.multipliedBy(1L << (breaks - 1)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var interrupted = new InterruptedIOException("fetch blob '" + blob.digest() + "'");
      var _ = interrupted.initCause(e);
      throw interrupted;
    }
  }

  /** Makes the blob part of the store, after its last byte has been read. */
  void commit() throws IOException, ContentFailure {
    ingest.commit(blob.digest().finish(hasher), blob.size());
  }

  /**
   * Reads what is left, and checks all of it; a blob that is right is kept, however malformed as a
   * layer.
   *
   * @throws ContentFailure.Mismatch if it is not what was announced
   */
  void verify() throws IOException, ContentFailure {
    while (next().hasRemaining()) {
      // until the end
    }
    commit();
  }

  private void closeBody() {
    body.ifPresent(BlobBody::close);
    body = Optional.empty();
  }

  /** Drops the connection; what arrived stays in the ingest. */
  @Override
  public void close() {
    closeBody();
  }

  /** The registry could not be made to send the blob. */
  static final class TransportException extends IOException {
    TransportException(String message, IOException cause) {
      super(message, cause);
    }

    TransportException(RegistryFailure cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** The content store could not be written. */
  static final class DiskException extends IOException {
    DiskException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
