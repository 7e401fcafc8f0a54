package org.jcontainerd.jshim.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CriFormatTest {
  private static final long TIME = nanos("2026-01-02T03:04:05.006000789Z");
  private static final String AT = "2026-01-02T03:04:05.006000789Z stdout ";

  private final CriFormat format = new CriFormat();
  private final byte[] out = new byte[4096];

  private static long nanos(String time) {
    var instant = Instant.parse(time);
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }

  private record Result(int consumed, String text) {}

  private Result format(String text, int max, boolean last) {
    var in = text.getBytes(StandardCharsets.UTF_8);
    var done =
        format.format(in, in.length, out, new CriFormat.Batch(LogStream.STDOUT, max, TIME, last));
    return new Result(done.consumed(), new String(out, 0, done.written(), StandardCharsets.UTF_8));
  }

  @Test
  void wholeLines_areFull() {
    assertEquals(
        new Result(6, AT + "F a\n" + AT + "F \n" + AT + "F bc\n"), format("a\n\nbc\n", 16, false));
  }

  @Test
  void restWithoutNewline_waits() {
    assertEquals(new Result(2, AT + "F a\n"), format("a\nbc", 16, false));
  }

  @Test
  void restWithoutNewline_atTheEndIsPartial() {
    assertEquals(new Result(4, AT + "F a\n" + AT + "P bc\n"), format("a\nbc", 16, true));
  }

  @Test
  void lineOfExactlyTheLimit_isFull() {
    assertEquals(new Result(5, AT + "F abcd\n"), format("abcd\n", 4, false));
    assertEquals(new Result(0, ""), format("abcd", 4, false));
  }

  @Test
  void longerLine_isSplit() {
    assertEquals(
        new Result(10, AT + "P abcd\n" + AT + "P efgh\n" + AT + "F i\n"),
        format("abcdefghi\n", 4, false));
    assertEquals(new Result(4, AT + "P abcd\n"), format("abcde", 4, false));
  }

  @Test
  void stderr_isNamed() {
    var in = "x\n".getBytes(StandardCharsets.UTF_8);
    var done = format.format(in, 2, out, new CriFormat.Batch(LogStream.STDERR, 16, 0, false));
    assertEquals(
        "1970-01-01T00:00:00.000000000Z stderr F x\n",
        new String(out, 0, done.written(), StandardCharsets.UTF_8));
  }

  @Test
  void fullOutput_stopsBetweenLines() {
    var in = "a\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
    var small = new byte[CriFormat.lineBytes(1) * 3 + 5];
    var done =
        format.format(in, in.length, small, new CriFormat.Batch(LogStream.STDOUT, 16, TIME, false));
    assertEquals(new CriFormat.Formatted(6, CriFormat.lineBytes(1) * 3), done);
  }

  /** What recovery relies on: a consumed range gives the same bytes when formatted as the last. */
  @Property(tries = 500)
  void consumedRange_formatsTheSameAgain(
      @ForAll @Size(max = 200) byte[] random, @ForAll @IntRange(min = 1, max = 20) int max) {
    var in = random.clone();
    for (int i = 0; i < in.length; i += 7) {
      in[i] = '\n';
    }
    var first =
        format.format(in, in.length, out, new CriFormat.Batch(LogStream.STDOUT, max, TIME, false));
    var written = Arrays.copyOf(out, first.written());
    var again =
        format.format(
            in, first.consumed(), out, new CriFormat.Batch(LogStream.STDOUT, max, TIME, true));
    assertEquals(first, again);
    assertTrue(Arrays.equals(written, Arrays.copyOf(out, again.written())));
  }
}
