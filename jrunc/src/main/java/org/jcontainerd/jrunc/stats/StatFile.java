package org.jcontainerd.jrunc.stats;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.oci.json.JsonValue;

/** The forms of files that count; all numbers are unsigned 64-bit ones in a {@code long}. */
final class StatFile {
  /** What {@code max} stands for. */
  static final long UNLIMITED = -1;

  private StatFile() {}

  /** A file of one number; empty if there is no such file. */
  static Optional<Long> number(Path file) throws LinuxException {
    return KernelFile.readIfPresent(file).map(text -> parse(text.strip()));
  }

  /** Lines of a word, a space and a number; empty if there is no such file. */
  static Map<String, Long> keyed(Path file) throws LinuxException {
    var values = new LinkedHashMap<String, Long>();
    for (String line : KernelFile.readIfPresent(file).orElse("").lines().toList()) {
      int space = line.indexOf(' ');
      if (space > 0) {
        values.put(line.substring(0, space), parse(line.substring(space + 1).strip()));
      }
    }
    return values;
  }

  static long parse(String text) {
    return text.equals("max") ? UNLIMITED : Long.parseUnsignedLong(text);
  }

  /** Adds a field unless its value is 0, which is what Go's {@code omitempty} does. */
  static void unlessZero(Map<String, Object> fields, String name, long value) {
    if (value != 0) {
      fields.put(name, unsigned(value));
    }
  }

  static Object unsigned(long value) {
    return value >= 0
        ? value
        : new JsonValue.Numeric(new BigDecimal(new BigInteger(Long.toUnsignedString(value))));
  }
}
