package org.jcontainerd.jrunc.stats;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.LinuxException;

/** Memory, in bytes. */
final class MemoryUse {
  private MemoryUse() {}

  static Map<String, Object> read(CgroupDirectories cgroup) throws LinuxException {
    Optional<Path> legacy = cgroup.legacy("memory");
    if (legacy.isPresent()) {
      return legacy(legacy.get());
    }
    Optional<Path> unified = cgroup.unified("memory");
    return unified.isPresent() ? unified(unified.get()) : new LinkedHashMap<>();
  }

  private static Map<String, Object> legacy(Path directory) throws LinuxException {
    var memory = new LinkedHashMap<String, Object>();
    Map<String, Long> stat = StatFile.keyed(directory.resolve("memory.stat"));
    StatFile.unlessZero(memory, "cache", stat.getOrDefault("cache", 0L));
    memory.put("usage", legacyEntry(directory, "memory"));
    memory.put("swap", legacyEntry(directory, "memory.memsw"));
    memory.put("kernel", legacyEntry(directory, "memory.kmem"));
    memory.put("kernelTCP", legacyEntry(directory, "memory.kmem.tcp"));
    raw(memory, stat);
    return memory;
  }

  private static Map<String, Object> legacyEntry(Path directory, String name)
      throws LinuxException {
    return entry(
        StatFile.number(directory.resolve(name + ".limit_in_bytes")).orElse(0L),
        StatFile.number(directory.resolve(name + ".usage_in_bytes")).orElse(0L),
        StatFile.number(directory.resolve(name + ".max_usage_in_bytes")).orElse(0L),
        StatFile.number(directory.resolve(name + ".failcnt")).orElse(0L));
  }

  /** Swap of version 1 counts memory and swap together: so it is reported of version 2 too. */
  private static Map<String, Object> unified(Path directory) throws LinuxException {
    var memory = new LinkedHashMap<String, Object>();
    Map<String, Long> stat = StatFile.keyed(directory.resolve("memory.stat"));
    StatFile.unlessZero(memory, "cache", stat.getOrDefault("file", 0L));
    long usage = StatFile.number(directory.resolve("memory.current")).orElse(0L);
    long limit = StatFile.number(directory.resolve("memory.max")).orElse(0L);
    long peak = StatFile.number(directory.resolve("memory.peak")).orElse(0L);
    memory.put("usage", entry(limit, usage, peak, 0));
    Optional<Long> swap = StatFile.number(directory.resolve("memory.swap.current"));
    long swapLimit = StatFile.number(directory.resolve("memory.swap.max")).orElse(0L);
    memory.put(
        "swap",
        entry(
            swapLimit == StatFile.UNLIMITED || limit == StatFile.UNLIMITED
                ? StatFile.UNLIMITED
                : swapLimit + limit,
            swap.orElse(0L) + usage,
            0,
            0));
    memory.put("kernel", entry(0, 0, 0, 0));
    memory.put("kernelTCP", entry(0, 0, 0, 0));
    raw(memory, stat);
    PressureText.read(directory.resolve("memory.pressure")).ifPresent(p -> memory.put("psi", p));
    return memory;
  }

  private static Map<String, Object> entry(long limit, long usage, long most, long failures) {
    var entry = new LinkedHashMap<String, Object>();
    entry.put("limit", StatFile.unsigned(limit));
    StatFile.unlessZero(entry, "usage", usage);
    StatFile.unlessZero(entry, "max", most);
    entry.put("failcnt", StatFile.unsigned(failures));
    return entry;
  }

  private static void raw(Map<String, Object> memory, Map<String, Long> stat) {
    var raw = new LinkedHashMap<String, Object>();
    stat.forEach((name, value) -> raw.put(name, StatFile.unsigned(value)));
    if (!raw.isEmpty()) {
      memory.put("raw", raw);
    }
  }
}
