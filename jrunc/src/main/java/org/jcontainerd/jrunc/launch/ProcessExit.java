package org.jcontainerd.jrunc.launch;

import java.time.Instant;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.process.ExitStatus;

/**
 * The end of a process; immutable.
 *
 * @param waitStatus as wait(2) gives it
 * @param at when the helper reaped it
 */
public record ProcessExit(int waitStatus, Instant at) {
  private static final int CORE_DUMPED = 0x80;

  public ExitStatus status() {
    int signal = waitStatus & 0x7f;
    return signal == 0
        ? new ExitStatus.Exited(waitStatus >> 8 & 0xff)
        : new ExitStatus.Killed(new Signal(signal), (waitStatus & CORE_DUMPED) != 0);
  }

  /** From the clock of the helper. */
  public static Instant instant(long unixNanos) {
    return Instant.ofEpochSecond(unixNanos / 1_000_000_000, unixNanos % 1_000_000_000);
  }
}
