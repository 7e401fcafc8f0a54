package org.jcontainerd.linux.cgroup;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;

/** The forms of cgroup files: one number, {@code max}, or a line per key; cgroup-v2.rst. */
final class Keyed {
  /** What version 1 shows where nothing limits: PAGE_COUNTER_MAX pages, for any page size. */
  private static final long UNLIMITED_V1 = Long.MAX_VALUE & ~0xFFFFFL;

  private final Map<String, Long> values;

  private Keyed(Map<String, Long> values) {
    this.values = values;
  }

  /** Lines of a key, a space and a number; others are left out. Empty if there is no such file. */
  static Optional<Keyed> read(Path file) throws LinuxException {
    return KernelFile.readIfPresent(file).map(Keyed::parse);
  }

  static Keyed parse(String text) {
    var values = new HashMap<String, Long>();
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      int stop = end < 0 ? text.length() : end;
      int space = text.indexOf(' ', at);
      if (space > at && space < stop) {
        String key = text.substring(at, space);
        number(text.substring(space + 1, stop)).ifPresent(value -> values.put(key, value));
      }
      at = stop + 1;
    }
    return new Keyed(values);
  }

  OptionalLong get(String key) {
    Long value = values.get(key);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /** A file of one number; empty if there is no such file, or it says {@code max}. */
  static OptionalLong number(Path file) throws LinuxException {
    return KernelFile.readIfPresent(file)
        .map(text -> number(text.strip()))
        .orElseGet(OptionalLong::empty);
  }

  /** As {@link #number(Path)} for a limit of version 1, where a huge number means none. */
  static OptionalLong legacyLimit(Path file) throws LinuxException {
    OptionalLong limit = number(file);
    return limit.isPresent() && limit.getAsLong() < UNLIMITED_V1 ? limit : OptionalLong.empty();
  }

  private static OptionalLong number(String text) {
    try {
      return OptionalLong.of(Long.parseUnsignedLong(text));
    } catch (NumberFormatException _) { // "max", or more than one number
      return OptionalLong.empty();
    }
  }
}
