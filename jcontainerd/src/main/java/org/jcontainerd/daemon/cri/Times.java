package org.jcontainerd.daemon.cri;

import java.time.Instant;

/** Points in time as CRI writes them. */
public final class Times {
  private Times() {}

  /** Nanoseconds since 1970. */
  public static long unixNanos(Instant at) {
    return at.getEpochSecond() * 1_000_000_000L + at.getNano();
  }
}
