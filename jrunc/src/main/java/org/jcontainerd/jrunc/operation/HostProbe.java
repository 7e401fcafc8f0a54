package org.jcontainerd.jrunc.operation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jcontainerd.jrunc.Caller;
import org.jcontainerd.jrunc.compile.HostFacts;
import org.jcontainerd.jrunc.compile.ResourceLimits;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.CgroupHierarchy;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.fs.KernelFile;

/** Reads the facts about this host and this process that plans depend on. */
public final class HostProbe {
  private static final Path PROC = Path.of("/proc");

  /** In the order of {@code /proc/self/limits} and of its first column. */
  private static final Map<String, String> LIMITS =
      Map.ofEntries(
          Map.entry("Max cpu time", "RLIMIT_CPU"),
          Map.entry("Max file size", "RLIMIT_FSIZE"),
          Map.entry("Max data size", "RLIMIT_DATA"),
          Map.entry("Max stack size", "RLIMIT_STACK"),
          Map.entry("Max core file size", "RLIMIT_CORE"),
          Map.entry("Max resident set", "RLIMIT_RSS"),
          Map.entry("Max processes", "RLIMIT_NPROC"),
          Map.entry("Max open files", "RLIMIT_NOFILE"),
          Map.entry("Max locked memory", "RLIMIT_MEMLOCK"),
          Map.entry("Max address space", "RLIMIT_AS"),
          Map.entry("Max file locks", "RLIMIT_LOCKS"),
          Map.entry("Max pending signals", "RLIMIT_SIGPENDING"),
          Map.entry("Max msgqueue size", "RLIMIT_MSGQUEUE"),
          Map.entry("Max nice priority", "RLIMIT_NICE"),
          Map.entry("Max realtime priority", "RLIMIT_RTPRIO"),
          Map.entry("Max realtime timeout", "RLIMIT_RTTIME"));

  private HostProbe() {}

  public static HostFacts read(CgroupLayout layout) throws LinuxException {
    Map<String, String> status = status();
    long bounding = Long.parseUnsignedLong(status.getOrDefault("CapBnd", "0"), 16);
    long permitted = Long.parseUnsignedLong(status.getOrDefault("CapPrm", "0"), 16);
    List<HostFacts.V1Hierarchy> legacy =
        layout.legacy().stream()
            .map(h ->
                new HostFacts.V1Hierarchy(
                    h.mountPoint().toString(), h.controllers().stream().sorted().toList()))
            .toList();
    return new HostFacts(
        Integer.parseInt(KernelFile.read(PROC.resolve("sys/kernel/cap_last_cap")).strip()),
        bounding & permitted,
        hardLimits(KernelFile.read(PROC.resolve("self/limits"))),
        Integer.parseInt(KernelFile.read(PROC.resolve("self/oom_score_adj")).strip()),
        isAppArmorOn(),
        Files.exists(Path.of("/sys/fs/selinux/enforce")),
        Files.exists(PROC.resolve("kcore")),
        legacy,
        layout.unified().map(CgroupHierarchy::mountPoint).map(Path::toString),
        layout.mode() == CgroupLayout.Mode.UNIFIED,
        Caller.current());
  }

  public static boolean isAppArmorOn() throws LinuxException {
    return KernelFile.readIfPresent(Path.of("/sys/module/apparmor/parameters/enabled"))
        .map(text -> text.startsWith("Y"))
        .orElse(false);
  }

  private static Map<String, String> status() throws LinuxException {
    var fields = new HashMap<String, String>();
    KernelFile.read(PROC.resolve("self/status"))
        .lines()
        .forEach(line -> {
          int colon = line.indexOf(':');
          fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
        });
    return fields;
  }

  /** The hard limits by number; the columns have fixed places (fs/proc/base.c). */
  static Map<Integer, Long> hardLimits(String text) {
    var limits = new HashMap<Integer, Long>();
    for (String line : text.lines().skip(1).toList()) {
      String name = LIMITS.get(line.substring(0, 26).strip());
      if (name != null) {
        String hard = line.substring(26).strip().split(" +")[1];
        limits.put(
            ResourceLimits.numberOf(name),
            hard.equals("unlimited") ? -1L : Long.parseUnsignedLong(hard));
      }
    }
    return limits;
  }
}
