package org.jcontainerd.jrunc.stats;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;

/**
 * The {@code data} of a stats event: names, units (bytes, nanoseconds) and order are runc's ({@code
 * types/events.go}), the same for both versions of cgroups. A counter that the kernel does not have
 * is left out.
 */
public final class ContainerStats {
  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/hugepages");

  private ContainerStats() {}

  /** Reads everything. */
  public static Map<String, Object> read(CgroupDirectories cgroup) throws IOException {
    var stats = new LinkedHashMap<String, Object>();
    stats.put("cpu", CpuUse.read(cgroup));
    stats.put("cpuset", cpuset(cgroup));
    stats.put("memory", MemoryUse.read(cgroup));
    stats.put("pids", pids(cgroup));
    stats.put("blkio", BlockUse.read(cgroup));
    stats.put("hugetlb", hugetlb(cgroup));
    stats.put("intel_rdt", Map.of());
    stats.put("network_interfaces", Optional.empty());
    return stats;
  }

  private static Map<String, Object> cpuset(CgroupDirectories cgroup) throws LinuxException {
    var cpuset = new LinkedHashMap<String, Object>();
    Optional<Path> directory = cgroup.legacy("cpuset");
    if (directory.isPresent()) {
      list(directory.get().resolve("cpuset.cpus")).ifPresent(cpus -> cpuset.put("cpus", cpus));
    }
    for (String name :
        List.of(
            "cpu_exclusive",
            "mem_hardwall",
            "mem_exclusive",
            "memory_migrate",
            "memory_spread_page",
            "memory_spread_slab",
            "memory_pressure",
            "sched_load_balance")) {
      cpuset.put(
          name,
          directory.isPresent()
              ? StatFile.number(directory.get().resolve("cpuset." + name)).orElse(0L)
              : 0L);
    }
    if (directory.isPresent()) {
      list(directory.get().resolve("cpuset.mems")).ifPresent(mems -> cpuset.put("mems", mems));
    }
    cpuset.put(
        "sched_relax_domain_level",
        directory.isPresent()
            ? KernelFile.readIfPresent(directory.get().resolve("cpuset.sched_relax_domain_level"))
                .map(text -> Long.parseLong(text.strip()))
                .orElse(0L)
            : 0L);
    return cpuset;
  }

  /** {@code 0-2,5} as its numbers. */
  static Optional<List<Integer>> list(Path file) throws LinuxException {
    Optional<String> text = KernelFile.readIfPresent(file).map(String::strip);
    if (text.isEmpty() || text.get().isEmpty()) {
      return Optional.empty();
    }
    var numbers = new ArrayList<Integer>();
    for (String range : text.get().split(",")) {
      String[] ends = range.split("-");
      int last = Integer.parseInt(ends[ends.length - 1]);
      for (int number = Integer.parseInt(ends[0]); number <= last; number++) {
        numbers.add(number);
      }
    }
    return Optional.of(numbers);
  }

  private static Map<String, Object> pids(CgroupDirectories cgroup) throws LinuxException {
    var pids = new LinkedHashMap<String, Object>();
    Optional<Path> directory = cgroup.legacy("pids").or(() -> cgroup.unified("pids"));
    if (directory.isPresent()) {
      StatFile.unlessZero(
          pids, "current", StatFile.number(directory.get().resolve("pids.current")).orElse(0L));
      long limit = StatFile.number(directory.get().resolve("pids.max")).orElse(StatFile.UNLIMITED);
      StatFile.unlessZero(pids, "limit", limit == StatFile.UNLIMITED ? 0 : limit);
    }
    return pids;
  }

  private static Map<String, Object> hugetlb(CgroupDirectories cgroup) throws IOException {
    var sizes = new LinkedHashMap<String, Object>();
    Optional<Path> legacy = cgroup.legacy("hugetlb");
    Optional<Path> directory = legacy.or(() -> cgroup.unified("hugetlb"));
    if (directory.isEmpty()) {
      return sizes;
    }
    for (String size : hugePageSizes()) {
      String name = "hugetlb." + size;
      String usage = legacy.isPresent() ? ".usage_in_bytes" : ".current";
      boolean reserved = Files.exists(directory.get().resolve(name + ".rsvd" + usage));
      String counted = reserved ? name + ".rsvd" : name;
      var use = new LinkedHashMap<String, Object>();
      StatFile.unlessZero(
          use, "usage", StatFile.number(directory.get().resolve(counted + usage)).orElse(0L));
      StatFile.unlessZero(
          use,
          "max",
          StatFile.number(directory.get().resolve(counted + ".max_usage_in_bytes")).orElse(0L));
      use.put(
          "failcnt",
          legacy.isPresent()
              ? StatFile.number(directory.get().resolve(counted + ".failcnt")).orElse(0L)
              : StatFile.keyed(directory.get().resolve(name + ".events")).getOrDefault("max", 0L));
      sizes.put(size, use);
    }
    return sizes;
  }

  /** The sizes as cgroup files name them: {@code hugepages-2048kB} is {@code 2MB}. */
  private static List<String> hugePageSizes() throws IOException {
    var sizes = new ArrayList<String>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(HUGE_PAGES, "hugepages-*kB")) {
      for (Path one : all) {
        String name = String.valueOf(one.getFileName());
        long kilobytes = Long.parseLong(name.substring("hugepages-".length(), name.length() - 2));
        sizes.add(
            kilobytes >= 1 << 20
                ? (kilobytes >> 20) + "GB"
                : kilobytes >= 1 << 10 ? (kilobytes >> 10) + "MB" : kilobytes + "KB");
      }
    } catch (NoSuchFileException _) {
      return List.of(); // a kernel without huge pages
    }
    return sizes;
  }
}
