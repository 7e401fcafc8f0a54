package org.jcontainerd.jshim.log;

import java.time.Instant;
import java.time.ZoneOffset;

/**
 * Writes times as RFC 3339 with nanoseconds in UTC, always 30 bytes. Keeps the seconds of the last
 * time, so that a batch costs nine digits. Confined to its loop.
 */
final class LogTime {
  static final int BYTES = 30;
  private static final int FRACTION = 20;
  private static final long NANOS = 1_000_000_000L;

  private final byte[] text = new byte[BYTES];
  private long second = Long.MIN_VALUE;

  /** The text of a time; valid until the next call. */
  byte[] format(long unixNanos) {
    long newSecond = Math.floorDiv(unixNanos, NANOS);
    if (newSecond != second) {
      second = newSecond;
      setSecond(newSecond);
    }
    digits(Math.floorMod(unixNanos, NANOS), FRACTION, 9);
    return text;
  }

  private void setSecond(long unixSecond) {
    var time = Instant.ofEpochSecond(unixSecond).atOffset(ZoneOffset.UTC);
    digits(time.getYear(), 0, 4);
    text[4] = '-';
    digits(time.getMonthValue(), 5, 2);
    text[7] = '-';
    digits(time.getDayOfMonth(), 8, 2);
    text[10] = 'T';
    digits(time.getHour(), 11, 2);
    text[13] = ':';
    digits(time.getMinute(), 14, 2);
    text[16] = ':';
    digits(time.getSecond(), 17, 2);
    text[19] = '.';
    text[29] = 'Z';
  }

  private void digits(long value, int from, int count) {
    long rest = value;
    for (int i = from + count - 1; i >= from; i--) {
      text[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
