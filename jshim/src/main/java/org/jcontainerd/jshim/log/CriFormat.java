package org.jcontainerd.jshim.log;

import java.nio.charset.StandardCharsets;

/**
 * Turns output into lines of a CRI log: {@code <time> <stdout|stderr> <P|F> <content>\n}, where P
 * marks a piece of a line that goes on.
 *
 * <p>The result depends on the arguments alone, and a range that was consumed once gives the same
 * bytes when it is formatted again as the last one: recovery relies on it. Confined to its loop.
 *
 * @see <a
 *     href="https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md">CRI
 *     logging</a>
 */
final class CriFormat {
  private static final byte[] STDOUT = " stdout F ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] STDERR = " stderr F ".getBytes(StandardCharsets.US_ASCII);
  private static final int PREFIX_BYTES = LogTime.BYTES + STDOUT.length;
  private static final int TAG = PREFIX_BYTES - 2;

  /** Bytes that a line of {@code content} bytes takes in a log. */
  static int lineBytes(int content) {
    return PREFIX_BYTES + content + 1;
  }

  /**
   * How a batch is written.
   *
   * @param maxLineBytes longest content of one log line
   * @param unixNanos time stamp of every line
   * @param last whether a rest without a newline is all there will be: then it is a P line, as
   *     containerd writes it; else it stays unconsumed until it is longer than a line may be
   */
  record Batch(LogStream stream, int maxLineBytes, long unixNanos, boolean last) {}

  /** How much of the input became how much output. */
  record Formatted(int consumed, int written) {}

  private final LogTime time = new LogTime();
  private final byte[] prefix = new byte[PREFIX_BYTES];

  /** Formats lines from {@code in[0..length)} while {@code out} has room. */
  Formatted format(byte[] in, int length, byte[] out, Batch batch) {
    setPrefix(batch);
    int max = batch.maxLineBytes();
    int at = 0;
    int written = 0;
    while (at < length) {
      int end = newline(in, at, Math.min(length, at + max));
      boolean full = end < length && in[end] == '\n';
      boolean split = !full && length - at > max;
      int content = end - at;
      if (!(full || split || batch.last()) || written + lineBytes(content) > out.length) {
        break;
      }
      prefix[TAG] = (byte) (full ? 'F' : 'P');
      System.arraycopy(prefix, 0, out, written, PREFIX_BYTES);
      System.arraycopy(in, at, out, written + PREFIX_BYTES, content);
      written += lineBytes(content);
      out[written - 1] = '\n';
      at = full ? end + 1 : end;
    }
    return new Formatted(at, written);
  }

  private static int newline(byte[] in, int from, int to) {
    int at = from;
    while (at < to && in[at] != '\n') {
      at++;
    }
    return at;
  }

  private void setPrefix(Batch batch) {
    System.arraycopy(time.format(batch.unixNanos()), 0, prefix, 0, LogTime.BYTES);
    var rest =
        switch (batch.stream()) {
          case STDOUT -> STDOUT;
          case STDERR -> STDERR;
        };
    System.arraycopy(rest, 0, prefix, LogTime.BYTES, rest.length);
  }
}
