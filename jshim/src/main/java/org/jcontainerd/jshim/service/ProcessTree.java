package org.jcontainerd.jshim.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.ProcessStat;

/** A process with everything it started. */
final class ProcessTree {
  private static final Path PROC = Path.of("/proc");

  /** Between two looks at /proc: a killed process needs about this long to be gone. */
  private static final long ROUND_NANOS = 1_000_000;

  private ProcessTree() {}

  /** Sends a signal to that very process; false if it is gone. */
  static boolean send(int pid, long startTicks, Signal signal) throws LinuxException {
    try (var process = PidFd.open(pid)) {
      return ProcessStat.startTicks(pid).equals(OptionalLong.of(startTicks))
          && process.send(signal);
    } catch (LinuxException e) {
      if (e.is(Errno.ESRCH)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Kills a process, its descendants, and everything of its session (every process that the runtime
   * starts leads one), until none is left. What has left both by a double fork and setsid(2) is not
   * found: it belongs to the container's init by then.
   *
   * @return whether all were gone before the deadline
   */
  static boolean kill(int root, long startTicks, Instant deadline) throws IOException {
    var known = new HashMap<Integer, Long>(Map.of(root, startTicks));
    while (Instant.now().isBefore(deadline)) {
      var alive = members(root, known);
      if (alive.isEmpty()) {
        return true;
      }
      for (var process : alive) {
        known.put(process.pid(), process.startTicks());
        var _ = send(process.pid(), process.startTicks(), Signal.SIGKILL);
      }
      LockSupport.parkNanos(ROUND_NANOS);
    }
    return false;
  }

  /** Who is alive of those known, their children, and the session. */
  private static List<ProcessStat> members(int root, Map<Integer, Long> known) throws IOException {
    var members = new ArrayList<ProcessStat>();
    try (var entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (var entry : entries) {
        var process = ProcessStat.read(Integer.parseInt(entry.getFileName().toString()));
        if (process.isPresent()
            && !process.get().isZombie()
            && isMember(process.get(), root, known)) {
          members.add(process.get());
        }
      }
    }
    return members;
  }

  private static boolean isMember(ProcessStat process, int root, Map<Integer, Long> known) {
    return process.session() == root
        || known.containsKey(process.parent())
        || Objects.equals(known.get(process.pid()), process.startTicks());
  }
}
