package org.jcontainerd.linux.cgroup;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.CpuStats.Throttling;

/**
 * What a cgroup has used, from whichever version counts it. A part is empty if its controller is
 * not mounted, or the cgroup does not exist in that tree. Each part can also be read alone.
 */
public record CgroupStats(
    Optional<CpuStats> cpu,
    Optional<MemoryStats> memory,
    Optional<PidsStats> pids,
    Optional<IoStats> io) {
  /** {@code USER_HZ}, in which version 1 counts user and system time; 100 on every architecture. */
  private static final long TICK_NANOS = 10_000_000;

  private static final long MICRO_NANOS = 1000;

  /**
   * Reads everything.
   *
   * @param cgroup the same path in every tree, absolute
   */
  public static CgroupStats read(CgroupLayout layout, String cgroup) throws LinuxException {
    return new CgroupStats(
        cpu(layout, cgroup), memory(layout, cgroup), pids(layout, cgroup), io(layout, cgroup));
  }

  /** CPU time; of the unified tree it is counted even where its cpu controller is off. */
  public static Optional<CpuStats> cpu(CgroupLayout layout, String cgroup) throws LinuxException {
    Optional<CgroupHierarchy> accounting = layout.of("cpuacct");
    if (accounting.isPresent()) {
      return legacyCpu(accounting.get().directory(cgroup), layout, cgroup);
    }
    Optional<CgroupHierarchy> unified = layout.unified();
    return unified.isPresent() ? unifiedCpu(unified.get().directory(cgroup)) : Optional.empty();
  }

  private static Optional<CpuStats> legacyCpu(Path directory, CgroupLayout layout, String cgroup)
      throws LinuxException {
    OptionalLong usage = Keyed.number(directory.resolve("cpuacct.usage"));
    Optional<Keyed> stat = Keyed.read(directory.resolve("cpuacct.stat"));
    if (usage.isEmpty() || stat.isEmpty()) {
      return Optional.empty();
    }
    Optional<Throttling> throttling = Optional.empty();
    Optional<CgroupHierarchy> cpu = layout.of("cpu");
    if (cpu.isPresent()) {
      throttling =
          Keyed.read(cpu.get().directory(cgroup).resolve("cpu.stat"))
              .flatMap(s -> throttling(s, "throttled_time", 1));
    }
    return Optional.of(
        new CpuStats(
            usage.getAsLong(),
            stat.get().get("user").orElse(0) * TICK_NANOS,
            stat.get().get("system").orElse(0) * TICK_NANOS,
            throttling,
            Optional.empty()));
  }

  private static Optional<CpuStats> unifiedCpu(Path directory) throws LinuxException {
    Optional<Keyed> stat = Keyed.read(directory.resolve("cpu.stat"));
    if (stat.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new CpuStats(
            stat.get().get("usage_usec").orElse(0) * MICRO_NANOS,
            stat.get().get("user_usec").orElse(0) * MICRO_NANOS,
            stat.get().get("system_usec").orElse(0) * MICRO_NANOS,
            throttling(stat.get(), "throttled_usec", MICRO_NANOS),
            Pressure.read(directory.resolve("cpu.pressure"))));
  }

  private static Optional<Throttling> throttling(Keyed stat, String time, long unit) {
    OptionalLong periods = stat.get("nr_periods");
    return periods.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Throttling(
                periods.getAsLong(),
                stat.get("nr_throttled").orElse(0),
                stat.get(time).orElse(0) * unit));
  }

  public static Optional<MemoryStats> memory(CgroupLayout layout, String cgroup)
      throws LinuxException {
    Optional<CgroupHierarchy> hierarchy = layout.of("memory");
    if (hierarchy.isEmpty()) {
      return Optional.empty();
    }
    Path directory = hierarchy.get().directory(cgroup);
    return hierarchy.get().unified() ? unifiedMemory(directory) : legacyMemory(directory);
  }

  private static Optional<MemoryStats> legacyMemory(Path directory) throws LinuxException {
    OptionalLong usage = Keyed.number(directory.resolve("memory.usage_in_bytes"));
    Optional<Keyed> found = Keyed.read(directory.resolve("memory.stat"));
    if (usage.isEmpty() || found.isEmpty()) {
      return Optional.empty();
    }
    Keyed stat = found.get();
    Optional<Keyed> oom = Keyed.read(directory.resolve("memory.oom_control"));
    return Optional.of(
        new MemoryStats(
            usage.getAsLong(),
            stat.get("total_inactive_file").orElse(0),
            stat.get("total_rss").orElse(0),
            stat.get("total_cache").orElse(0),
            stat.get("total_pgfault").orElse(0),
            stat.get("total_pgmajfault").orElse(0),
            Keyed.legacyLimit(directory.resolve("memory.limit_in_bytes")),
            stat.get("total_swap"),
            oom.map(o -> o.get("oom_kill")).orElseGet(OptionalLong::empty),
            Optional.empty()));
  }

  private static Optional<MemoryStats> unifiedMemory(Path directory) throws LinuxException {
    OptionalLong usage = Keyed.number(directory.resolve("memory.current"));
    Optional<Keyed> found = Keyed.read(directory.resolve("memory.stat"));
    if (usage.isEmpty() || found.isEmpty()) {
      return Optional.empty(); // also the root cgroup, which is not counted
    }
    Keyed stat = found.get();
    Optional<Keyed> events = Keyed.read(directory.resolve("memory.events"));
    return Optional.of(
        new MemoryStats(
            usage.getAsLong(),
            stat.get("inactive_file").orElse(0),
            stat.get("anon").orElse(0),
            stat.get("file").orElse(0),
            stat.get("pgfault").orElse(0),
            stat.get("pgmajfault").orElse(0),
            Keyed.number(directory.resolve("memory.max")),
            Keyed.number(directory.resolve("memory.swap.current")),
            events.map(e -> e.get("oom_kill")).orElseGet(OptionalLong::empty),
            Pressure.read(directory.resolve("memory.pressure"))));
  }

  /** The files are named alike in both versions. */
  public static Optional<PidsStats> pids(CgroupLayout layout, String cgroup) throws LinuxException {
    Optional<CgroupHierarchy> hierarchy = layout.of("pids");
    if (hierarchy.isEmpty()) {
      return Optional.empty();
    }
    Path directory = hierarchy.get().directory(cgroup);
    OptionalLong current = Keyed.number(directory.resolve("pids.current"));
    return current.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new PidsStats(current.getAsLong(), Keyed.number(directory.resolve("pids.max"))));
  }

  public static Optional<IoStats> io(CgroupLayout layout, String cgroup) throws LinuxException {
    Optional<CgroupHierarchy> legacy = layout.of("blkio");
    if (legacy.isPresent()) {
      return IoFiles.legacy(legacy.get().directory(cgroup));
    }
    Optional<CgroupHierarchy> unified = layout.of("io");
    return unified.isPresent()
        ? IoFiles.unified(unified.get().directory(cgroup))
        : Optional.empty();
  }
}
