package org.jcontainerd.jctl;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Values as a person reads them. */
final class Shown {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};
  private static final int ID_LENGTH = 13; // as crictl: enough to be unique, short enough to type

  private Shown() {}

  /** A prefix of an id that can be typed back. */
  static String id(String id) {
    String hex = id.startsWith("sha256:") ? id.substring(7) : id;
    return hex.substring(0, Math.min(ID_LENGTH, hex.length()));
  }

  /** Bytes in powers of 1000 with three significant digits. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    String format = unit == 0 || value >= 100 ? "%.0f%s" : value >= 10 ? "%.1f%s" : "%.2f%s";
    return String.format(Locale.ROOT, format, value, UNITS[unit]);
  }

  /** How long ago, in the largest unit that fits. */
  static String since(long unixNanos) {
    Duration age = Duration.between(Instant.ofEpochSecond(0, unixNanos), Instant.now());
    if (age.toDays() > 0) {
      return age.toDays() + "d ago";
    }
    if (age.toHours() > 0) {
      return age.toHours() + "h ago";
    }
    return age.toMinutes() > 0 ? age.toMinutes() + "m ago" : Math.max(0, age.toSeconds()) + "s ago";
  }
}
