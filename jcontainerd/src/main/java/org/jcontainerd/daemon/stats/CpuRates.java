package org.jcontainerd.daemon.stats;

import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Turns readings of CPU time into a rate: against the last reading that is at least a second old,
 * so that two clients do not shorten each other's interval to noise. Thread-safe.
 */
final class CpuRates {
  private static final long INTERVAL = 1_000_000_000L;

  /**
   * @param base what rates are counted from
   * @param last the newest reading, which becomes the base
   */
  private record Window(Reading base, Reading last) {}

  private record Reading(long atNanos, long usageNanos) {}

  private final ConcurrentHashMap<String, Window> windows = new ConcurrentHashMap<>();

  /**
   * Adds a reading.
   *
   * @return nanoseconds of CPU time per second; empty for the first reading
   */
  OptionalLong rate(String id, long atNanos, long usageNanos) {
    var now = new Reading(atNanos, usageNanos);
    Window window =
        Objects.requireNonNull(
            windows.compute(
                id,
                (_, old) -> {
                  if (old == null) {
                    return new Window(now, now);
                  }
                  boolean due = atNanos - old.last().atNanos() >= INTERVAL;
                  return due ? new Window(old.last(), now) : old;
                }));
    long elapsed = atNanos - window.base().atNanos();
    if (elapsed <= 0) {
      return OptionalLong.empty();
    }
    double rate = (double) (usageNanos - window.base().usageNanos()) / elapsed * 1e9;
    return OptionalLong.of(Math.max(0, Math.round(rate)));
  }

  void forget(String id) {
    windows.remove(id);
  }
}
