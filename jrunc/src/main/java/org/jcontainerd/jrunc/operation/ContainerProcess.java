package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.ProcessStat;

/** A process that is known by pid and start time, and may be gone, or its pid somebody else's. */
final class ContainerProcess {
  private static final long LONGEST_WAIT_NANOS = 10_000_000_000L;
  private static final long LONGEST_PAUSE_NANOS = 10_000_000;

  private ContainerProcess() {}

  /** Whether it is there and not a zombie. */
  static boolean isAlive(int pid, long startTicks) throws LinuxException {
    Optional<ProcessStat> stat = ProcessStat.read(pid);
    return stat.isPresent()
        && stat.get().startTicks() == startTicks
        && !stat.get().isZombie()
        && stat.get().state() != 'X';
  }

  /**
   * Opens it, so that its pid can no longer become another process unnoticed; empty if it has
   * ended. The caller closes it.
   */
  static Optional<PidFd> open(int pid, long startTicks) throws LinuxException {
    PidFd process;
    try {
      process = PidFd.open(pid);
    } catch (LinuxException e) {
      if (e.is(Errno.ESRCH)) {
        return Optional.empty();
      }
      throw e;
    }
    if (isAlive(pid, startTicks)) {
      return Optional.of(process);
    }
    process.close();
    return Optional.empty();
  }

  /** Sends a signal; whether the process was there. */
  static boolean signal(int pid, long startTicks, Signal signal) throws LinuxException {
    Optional<PidFd> process = open(pid, startTicks);
    if (process.isEmpty()) {
      return false;
    }
    try (PidFd open = process.get()) {
      return open.send(signal);
    }
  }

  /** Kills it and returns when it has ended. */
  static void end(int pid, long startTicks) throws IOException {
    if (signal(pid, startTicks, Signal.SIGKILL)) {
      awaitEnd(pid, startTicks);
    }
  }

  /** Returns when the process, which is somebody else's child, has ended. */
  static void awaitEnd(int pid, long startTicks) throws IOException {
    long end = System.nanoTime() + LONGEST_WAIT_NANOS;
    long pause = 50_000;
    while (isAlive(pid, startTicks)) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("process " + pid + ": still there 10 s after it was killed");
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }
}
