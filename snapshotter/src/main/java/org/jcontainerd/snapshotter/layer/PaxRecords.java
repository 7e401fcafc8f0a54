package org.jcontainerd.snapshotter.layer;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.fs.FileName;

/**
 * The records of a pax extended header (POSIX.1-2024, "pax Extended Header"): {@code length
 * key=value\n}. Values stay bytes: those of {@code SCHILY.xattr.*} are binary, capabilities among
 * them. That is why this project reads tar itself; commons-compress makes them text.
 */
final class PaxRecords {
  static final PaxRecords NONE = new PaxRecords();

  private static final String XATTR = "SCHILY.xattr.";

  private final Map<String, byte[]> values = new LinkedHashMap<>();

  /** Offsets and lengths of format 0.0, where the keys repeat. */
  private final List<Long> sparsePairs = new ArrayList<>();

  private PaxRecords() {}

  static PaxRecords parse(byte[] data) throws LayerException {
    var records = new PaxRecords();
    int at = 0;
    while (at < data.length) {
      int space = find(data, at, (byte) ' ');
      int length = (int) decimal(data, at, space);
      int end = at + length;
      if (length <= space - at || end > data.length || data[end - 1] != '\n') {
        throw new LayerException("tar: pax record has a wrong length");
      }
      int equals = find(data, space + 1, (byte) '=');
      if (equals >= end) {
        throw new LayerException("tar: pax record has no '='");
      }
      var key =
          FileName.decode(Arrays.copyOfRange(data, space + 1, space + 1 + equals - space - 1));
      records.add(key, java.util.Arrays.copyOfRange(data, equals + 1, end - 1));
      at = end;
    }
    return records;
  }

  /** These records over those of a global header. */
  PaxRecords over(PaxRecords global) {
    if (global.values.isEmpty()) {
      return this;
    }
    var all = new PaxRecords();
    all.values.putAll(global.values);
    all.values.putAll(values);
    all.sparsePairs.addAll(sparsePairs);
    return all;
  }

  private void add(String key, byte[] value) throws LayerException {
    if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
      sparsePairs.add(decimal(value, 0, value.length));
    } else {
      values.put(key, value);
    }
  }

  Optional<String> text(String key) throws LayerException {
    var value = values.get(key);
    if (value == null || value.length == 0) {
      return Optional.empty(); // an empty value takes back an earlier one
    }
    if (find(value, 0, (byte) 0) < value.length) {
      throw new LayerException("tar: pax record '" + key + "' contains NUL");
    }
    return Optional.of(FileName.decode(Arrays.copyOfRange(value, 0, 0 + value.length)));
  }

  Optional<Long> number(String key) throws LayerException {
    var value = values.get(key);
    return value == null || value.length == 0
        ? Optional.empty()
        : Optional.of(decimal(value, 0, value.length));
  }

  /** Seconds with a fraction, possibly negative. */
  Optional<Instant> time(String key) throws LayerException {
    var text = text(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      var seconds = new java.math.BigDecimal(text.get());
      if (seconds.precision() - seconds.scale() > 18 || seconds.scale() > 64) {
        throw new LayerException("tar: pax record '" + key + "' is out of range");
      }
      var whole = seconds.setScale(0, java.math.RoundingMode.FLOOR);
      var nanos = seconds.subtract(whole).movePointRight(9).longValue();
      return Optional.of(Instant.ofEpochSecond(whole.longValueExact(), nanos));
    } catch (ArithmeticException | NumberFormatException | java.time.DateTimeException e) {
      throw new LayerException("tar: pax record '" + key + "' is no time", e);
    }
  }

  Map<String, byte[]> xattrs() {
    var xattrs = new LinkedHashMap<String, byte[]>();
    values.forEach((key, value) -> {
      if (key.startsWith(XATTR)) {
        xattrs.put(key.substring(XATTR.length()), value);
      }
    });
    return xattrs;
  }

  /** The map of sparse formats 0.0 and 0.1, as offset, length, offset, length, ... */
  Optional<List<Long>> sparseMap() throws LayerException {
    if (!sparsePairs.isEmpty()) {
      return Optional.of(sparsePairs);
    }
    var value = values.get("GNU.sparse.map");
    if (value == null) {
      return Optional.empty();
    }
    var numbers = new ArrayList<Long>();
    for (var part : new String(value, StandardCharsets.US_ASCII).split(",", -1)) {
      var bytes = part.getBytes(StandardCharsets.US_ASCII);
      numbers.add(decimal(bytes, 0, bytes.length));
    }
    return Optional.of(numbers);
  }

  private static int find(byte[] data, int from, byte wanted) {
    int i = from;
    while (i < data.length && data[i] != wanted) {
      i++;
    }
    return i;
  }

  static long decimal(byte[] data, int from, int to) throws LayerException {
    if (from >= to || to - from > 18) {
      throw new LayerException("tar: pax number has " + (to - from) + " digits");
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      if (data[i] < '0' || data[i] > '9') {
        throw new LayerException("tar: pax number is no decimal number");
      }
      value = value * 10 + (data[i] - '0');
    }
    return value;
  }
}
