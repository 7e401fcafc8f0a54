package org.jcontainerd.jrunc.command;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as Go writes them: {@code 5s}, {@code 1m30s}, {@code 1.5h}, {@code 250ms}. */
final class GoDuration {
  private static final Pattern PART = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|ms|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /**
   * @param flag whose value it is
   */
  static Duration parse(String flag, String text) throws UsageException {
    var total = BigDecimal.ZERO;
    Matcher parts = PART.matcher(text);
    int end = 0;
    while (parts.find() && parts.start() == end) {
      var unit = BigDecimal.valueOf(NANOS.getOrDefault(parts.group(2), 0L));
      total = total.add(new BigDecimal(parts.group(1)).multiply(unit));
      end = parts.end();
    }
    if (end != text.length() || text.isEmpty() || total.precision() - total.scale() > 18) {
      throw new UsageException("invalid value \"" + text + "\" for flag -" + flag);
    }
    return Duration.ofNanos(total.longValue());
  }
}
