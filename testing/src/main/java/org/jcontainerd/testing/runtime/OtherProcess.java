package org.jcontainerd.testing.runtime;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.jcontainerd.linux.process.ProcessStat;

/**
 * A process that is not our child, such as a shim. Its end is when its program has ended: reaped it
 * is by others, who may take their time, and {@link ProcessHandle#onExit} waits for them.
 */
public final class OtherProcess {
  private static final long PAUSE_NANOS = 1_000_000;

  private OtherProcess() {}

  /** SIGKILL, and waits for the end; one that has ended is fine. */
  public static void kill(long pid) throws IOException {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isPresent()) {
      OptionalLong start = ProcessStat.startTicks(Math.toIntExact(pid));
      process.get().destroyForcibly();
      awaitEnd(pid, start);
    }
  }

  /** Waits until the process that runs under this number now has ended. */
  public static void awaitEnd(long pid) throws IOException {
    awaitEnd(pid, ProcessStat.startTicks(Math.toIntExact(pid)));
  }

  private static void awaitEnd(long pid, OptionalLong start) throws IOException {
    while (start.isPresent() && runs(Math.toIntExact(pid), start.getAsLong())) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static boolean runs(int pid, long start) throws IOException {
    return ProcessStat.read(pid)
        .filter(stat -> stat.startTicks() == start && !stat.isZombie())
        .isPresent();
  }
}
