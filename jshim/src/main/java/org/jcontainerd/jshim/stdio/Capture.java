package org.jcontainerd.jshim.stdio;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;

/** Keeps the first bytes of a stream up to a limit; the rest is dropped. Confined to its loop. */
public final class Capture {
  private final int limitBytes;
  private final ByteString.Output kept = ByteString.newOutput(512);

  public Capture(int limitBytes) {
    this.limitBytes = limitBytes;
  }

  void take(ByteBuffer bytes) {
    int count = Math.min(bytes.remaining(), limitBytes - kept.size());
    if (count > 0) {
      var copy = new byte[count];
      bytes.get(copy);
      kept.write(copy, 0, count);
    }
  }

  /** What was kept so far. */
  public ByteString bytes() {
    return kept.toByteString();
  }
}
