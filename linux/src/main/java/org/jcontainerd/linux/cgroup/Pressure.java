package org.jcontainerd.linux.cgroup;

import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;

/**
 * How much time work has waited for a resource (PSI; the kernel's accounting/psi.rst).
 *
 * @param some at least one task waited
 * @param full all tasks waited at once
 */
public record Pressure(Stall some, Stall full) {
  /**
   * Shares of time in percent over the last seconds.
   *
   * @param totalMicros since the cgroup was made
   */
  public record Stall(double average10, double average60, double average300, long totalMicros) {
    static final Stall NONE = new Stall(0, 0, 0, 0);
  }

  /** Reads {@code cpu.pressure}, {@code memory.pressure} or {@code io.pressure}. */
  static Optional<Pressure> read(Path file) throws LinuxException {
    try {
      return KernelFile.readIfPresent(file).filter(t -> !t.isBlank()).map(Pressure::parse);
    } catch (LinuxException e) {
      if (e.is(Errno.EOPNOTSUPP)) { // PSI is compiled in and switched off
        return Optional.empty();
      }
      throw e;
    }
  }

  static Pressure parse(String text) {
    Stall some = Stall.NONE;
    Stall full = Stall.NONE;
    for (String line : text.lines().toList()) {
      if (line.startsWith("some ")) {
        some = stall(line);
      } else if (line.startsWith("full ")) {
        full = stall(line);
      }
    }
    return new Pressure(some, full);
  }

  private static Stall stall(String line) {
    return new Stall(
        Double.parseDouble(value(line, "avg10")),
        Double.parseDouble(value(line, "avg60")),
        Double.parseDouble(value(line, "avg300")),
        Long.parseLong(value(line, "total")));
  }

  private static String value(String line, String key) {
    for (String field : line.split(" ")) {
      if (field.startsWith(key + "=")) {
        return field.substring(key.length() + 1);
      }
    }
    throw new IllegalArgumentException("pressure '" + line + "': no '" + key + "'");
  }
}
