package org.jcontainerd.jrunc.stats;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;

/** CPU time, in nanoseconds. */
final class CpuUse {
  /** {@code USER_HZ}, in which version 1 counts user and system time; 100 on every architecture. */
  private static final long TICK_NANOS = 10_000_000;

  private static final long MICRO_NANOS = 1000;

  private CpuUse() {}

  static Map<String, Object> read(CgroupDirectories cgroup) throws LinuxException {
    var cpu = new LinkedHashMap<String, Object>();
    Optional<Path> accounting = cgroup.legacy("cpuacct");
    Optional<Path> unified = cgroup.onlyUnified();
    if (accounting.isPresent()) {
      cpu.put("usage", legacy(accounting.get()));
    } else if (unified.isPresent()) {
      cpu.put("usage", unified(StatFile.keyed(unified.get().resolve("cpu.stat"))));
    }
    Optional<Path> quotas = cgroup.legacy("cpu").or(() -> unified);
    if (quotas.isPresent()) {
      cpu.put("throttling", throttling(StatFile.keyed(quotas.get().resolve("cpu.stat"))));
    }
    if (unified.isPresent()) {
      PressureText.read(unified.get().resolve("cpu.pressure")).ifPresent(p -> cpu.put("psi", p));
    }
    return cpu;
  }

  private static Map<String, Object> legacy(Path directory) throws LinuxException {
    var usage = new LinkedHashMap<String, Object>();
    StatFile.unlessZero(
        usage, "total", StatFile.number(directory.resolve("cpuacct.usage")).orElse(0L));
    List<Object> each = new ArrayList<>();
    String perCpu = KernelFile.readIfPresent(directory.resolve("cpuacct.usage_percpu")).orElse("");
    for (String nanos : perCpu.isBlank() ? new String[0] : perCpu.strip().split(" ")) {
      each.add(StatFile.unsigned(Long.parseUnsignedLong(nanos)));
    }
    List<Object> kernel = new ArrayList<>();
    List<Object> user = new ArrayList<>();
    String modes = KernelFile.readIfPresent(directory.resolve("cpuacct.usage_all")).orElse("");
    modes
        .lines()
        .skip(1) // cpu user system
        .map(line -> line.split(" "))
        .filter(fields -> fields.length >= 3)
        .forEach(fields -> {
          user.add(StatFile.unsigned(Long.parseUnsignedLong(fields[1])));
          kernel.add(StatFile.unsigned(Long.parseUnsignedLong(fields[2])));
        });
    unlessEmpty(usage, "percpu", each);
    unlessEmpty(usage, "percpu_kernel", kernel);
    unlessEmpty(usage, "percpu_user", user);
    Map<String, Long> split = StatFile.keyed(directory.resolve("cpuacct.stat"));
    usage.put("kernel", split.getOrDefault("system", 0L) * TICK_NANOS);
    usage.put("user", split.getOrDefault("user", 0L) * TICK_NANOS);
    return usage;
  }

  private static void unlessEmpty(Map<String, Object> fields, String name, List<Object> values) {
    if (!values.isEmpty()) {
      fields.put(name, values);
    }
  }

  private static Map<String, Object> unified(Map<String, Long> stat) {
    var usage = new LinkedHashMap<String, Object>();
    StatFile.unlessZero(usage, "total", stat.getOrDefault("usage_usec", 0L) * MICRO_NANOS);
    usage.put("kernel", stat.getOrDefault("system_usec", 0L) * MICRO_NANOS);
    usage.put("user", stat.getOrDefault("user_usec", 0L) * MICRO_NANOS);
    return usage;
  }

  private static Map<String, Object> throttling(Map<String, Long> stat) {
    var throttling = new LinkedHashMap<String, Object>();
    StatFile.unlessZero(throttling, "periods", stat.getOrDefault("nr_periods", 0L));
    StatFile.unlessZero(throttling, "throttledPeriods", stat.getOrDefault("nr_throttled", 0L));
    StatFile.unlessZero(
        throttling,
        "throttledTime",
        stat.containsKey("throttled_usec")
            ? stat.get("throttled_usec") * MICRO_NANOS
            : stat.getOrDefault("throttled_time", 0L));
    return throttling;
  }
}
