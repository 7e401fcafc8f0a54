package org.jcontainerd.linux.process;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;

/**
 * The part of {@code /proc/PID/stat} that we use; see proc_pid_stat(5).
 *
 * @param state {@code R}, {@code S}, {@code D}, {@code Z}, {@code T}, ...
 * @param startTicks when the process started, in clock ticks since boot; together with the pid it
 *     names a process for as long as the machine is up
 */
public record ProcessStat(
    int pid, String command, char state, int parent, int group, int session, long startTicks) {
  private static final Path PROC = Path.of("/proc");

  /** Reads the entry of a process; empty if there is none. */
  public static Optional<ProcessStat> read(int pid) throws LinuxException {
    return read(PROC, pid);
  }

  /** As {@link #read(int)}, under another mount of procfs. */
  public static Optional<ProcessStat> read(Path proc, int pid) throws LinuxException {
    return KernelFile.readIfPresent(proc.resolve(Integer.toString(pid)).resolve("stat"))
        .map(ProcessStat::parse);
  }

  /** When a process started, in clock ticks since boot; empty if there is none. */
  public static OptionalLong startTicks(int pid) throws LinuxException {
    return read(pid).map(s -> OptionalLong.of(s.startTicks)).orElseGet(OptionalLong::empty);
  }

  /** Whether the process has ended and waits to be reaped. */
  public boolean isZombie() {
    return state == 'Z';
  }

  /** The command may hold any character, so fields are counted from its last parenthesis. */
  static ProcessStat parse(String line) {
    int open = line.indexOf('(');
    int close = line.lastIndexOf(')');
    if (open < 1 || close < open) {
      throw new IllegalArgumentException("process stat '" + line + "': no command");
    }
    String[] fields = line.substring(close + 1).strip().split(" ");
    if (fields.length < 20) {
      throw new IllegalArgumentException("process stat '" + line + "': too few fields");
    }
    return new ProcessStat(
        Integer.parseInt(line.substring(0, open).strip()),
        line.substring(open + 1, close),
        fields[0].charAt(0),
        Integer.parseInt(fields[1]),
        Integer.parseInt(fields[2]),
        Integer.parseInt(fields[3]),
        Long.parseLong(fields[19]));
  }
}
