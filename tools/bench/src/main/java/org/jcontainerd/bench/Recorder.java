package org.jcontainerd.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.bench.Samples.Unit;

/** Collects the measurements of one scenario on one runtime. Confined to one thread. */
final class Recorder {
  private record Figure(String name, Unit unit) {}

  private final String runtime;
  private final Map<Figure, List<Double>> values = new LinkedHashMap<>();

  Recorder(String runtime) {
    this.runtime = runtime;
  }

  void add(String figure, Unit unit, double value) {
    values.computeIfAbsent(new Figure(figure, unit), _ -> new ArrayList<>()).add(value);
  }

  /** Milliseconds from {@code startNanos} to {@code endNanos}, both of {@link System#nanoTime}. */
  void time(String figure, long startNanos, long endNanos) {
    add(
        figure,
        Unit.MILLISECONDS,
        (endNanos - startNanos) / (double) TimeUnit.MILLISECONDS.toNanos(1));
  }

  List<Samples> samples() {
    return values.entrySet().stream()
        .map(each ->
            new Samples(each.getKey().name(), runtime, each.getKey().unit(), each.getValue()))
        .toList();
  }
}
