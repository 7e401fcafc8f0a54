package org.jcontainerd.snapshotter.layer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses gzip (RFC 1952), any number of members.
 *
 * <p>Not {@link java.util.zip.GZIPInputStream}: this feeds the {@link Inflater} from the buffers
 * that arrive and fills large ones. The checksums in the trailers are passed over; the digest of
 * the uncompressed layer is checked over all bytes, and is stronger.
 */
final class GzipChunks implements ByteChunks, AutoCloseable {
  private static final int FHCRC = 2;
  private static final int FEXTRA = 4;
  private static final int FNAME = 8;
  private static final int FCOMMENT = 16;
  private static final int TRAILER = 8;

  private final ByteChunks source;
  private final Inflater inflater = new Inflater(true);
  private final byte[] output;
  private ByteBuffer input = ByteBuffer.allocate(0);
  private boolean inMember;

  GzipChunks(ByteChunks source, int chunkSize) {
    this.source = source;
    this.output = new byte[chunkSize];
  }

  @Override
  public ByteBuffer next() throws IOException {
    int filled = 0;
    while (filled < output.length) {
      if (!inMember && !startMember()) {
        break;
      }
      filled += inflate(filled);
    }
    return ByteBuffer.wrap(output, 0, filled);
  }

  private int inflate(int offset) throws IOException {
    try {
      int n = inflater.inflate(output, offset, output.length - offset);
      if (inflater.finished()) {
        endMember();
      } else if (inflater.needsDictionary()) {
        throw new LayerException("gzip: needs a dictionary");
      } else if (n == 0 && inflater.needsInput()) {
        refill();
        inflater.setInput(input);
      }
      return n;
    } catch (DataFormatException e) {
      throw new LayerException("gzip: " + e.getMessage(), e);
    }
  }

  private void endMember() throws IOException {
    // the inflater has moved the position of the input to the first byte that it did not use
    skip(TRAILER);
    inflater.reset();
    inMember = false;
  }

  /** Reads a member's header; false at the end of the stream. */
  private boolean startMember() throws IOException {
    if (!input.hasRemaining()) {
      input = source.next();
      if (!input.hasRemaining()) {
        return false;
      }
    }
    if (take() != 0x1f || take() != 0x8b || take() != 8) {
      throw new LayerException("gzip: bytes after the end are no gzip member");
    }
    int flags = take();
    skip(6); // time, extra flags, operating system
    if ((flags & FEXTRA) != 0) {
      skip(take() | take() << 8);
    }
    if ((flags & FNAME) != 0) {
      skipText();
    }
    if ((flags & FCOMMENT) != 0) {
      skipText();
    }
    if ((flags & FHCRC) != 0) {
      skip(2);
    }
    inflater.setInput(input);
    inMember = true;
    return true;
  }

  private void skipText() throws IOException {
    int left = 64 * 1024;
    while (take() != 0) {
      if (--left == 0) {
        throw new LayerException("gzip: header has a name of more than 64 KiB");
      }
    }
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int _ = take();
    }
  }

  private int take() throws IOException {
    if (!input.hasRemaining()) {
      refill();
    }
    return input.get() & 0xff;
  }

  private void refill() throws IOException {
    input = source.next();
    if (!input.hasRemaining()) {
      throw new LayerException("gzip: ends in the middle");
    }
  }

  /** Frees the inflater. */
  @Override
  public void close() {
    inflater.end();
  }
}
