package org.jcontainerd.jrunc.cgroup;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Repeats a test of a condition that the kernel announces to nobody: pauses that double from 0.1 ms
 * to 10 ms, and an end. Confined to one thread.
 */
final class Deadline {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final long LONGEST_PAUSE_NANOS = 10_000_000;

  private final String what;
  private final long end = System.nanoTime() + LIMIT.toNanos();
  private long pauseNanos = 100_000;

  Deadline(String what) {
    this.what = what;
  }

  /** Pauses; false when the time is over. */
  boolean again() {
    if (System.nanoTime() - end > 0) {
      return false;
    }
    LockSupport.parkNanos(this, pauseNanos);
    pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
    return true;
  }

  @Override
  public String toString() {
    return what + ": not within " + LIMIT.toSeconds() + " s";
  }
}
