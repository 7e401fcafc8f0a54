package org.jcontainerd.bench;

import java.util.Arrays;
import java.util.List;

/**
 * Measurements of one figure on one runtime.
 *
 * @param figure what was measured
 * @param runtime on which
 * @param unit of the values
 * @param values in the order they were taken, not empty
 */
record Samples(String figure, String runtime, Unit unit, List<Double> values) {

  /** Whether less or more is better goes with the unit. */
  enum Unit {
    MILLISECONDS("ms", true),
    MEGABYTES("MB", true),
    MIB_PER_SECOND("MiB/s", false);

    private final String symbol;
    private final boolean lessIsBetter;

    Unit(String symbol, boolean lessIsBetter) {
      this.symbol = symbol;
      this.lessIsBetter = lessIsBetter;
    }

    String symbol() {
      return symbol;
    }

    boolean lessIsBetter() {
      return lessIsBetter;
    }
  }

  Samples {
    if (values.isEmpty()) {
      throw new IllegalArgumentException(figure + " on " + runtime + ": nothing was measured");
    }
    values = List.copyOf(values);
  }

  /**
   * The value that {@code percent} percent of the samples do not exceed (nearest rank).
   *
   * @param percent above 0, at most 100
   */
  double percentile(double percent) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[(int) Math.ceil(percent / 100 * sorted.length) - 1];
  }

  double p50() {
    return percentile(50);
  }

  double p95() {
    return percentile(95);
  }
}
