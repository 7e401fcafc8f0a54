package org.jcontainerd.daemon.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What this machine lets us give to containers, read once at start. Immutable.
 *
 * @param capabilities those that we hold and may pass on, by name, in the kernel's order
 * @param lowestOomScoreAdj the lowest value that we may write; -1000 with CAP_SYS_RESOURCE
 * @param unifiedCgroups whether only cgroup v2 is mounted; containers then get a cgroup namespace
 */
public record HostFacts(List<String> capabilities, int lowestOomScoreAdj, boolean unifiedCgroups) {
  // linux/capability.h, in order of their numbers
  private static final List<String> NAMES =
      List.of(
          "CHOWN",
          "DAC_OVERRIDE",
          "DAC_READ_SEARCH",
          "FOWNER",
          "FSETID",
          "KILL",
          "SETGID",
          "SETUID",
          "SETPCAP",
          "LINUX_IMMUTABLE",
          "NET_BIND_SERVICE",
          "NET_BROADCAST",
          "NET_ADMIN",
          "NET_RAW",
          "IPC_LOCK",
          "IPC_OWNER",
          "SYS_MODULE",
          "SYS_RAWIO",
          "SYS_CHROOT",
          "SYS_PTRACE",
          "SYS_PACCT",
          "SYS_ADMIN",
          "SYS_BOOT",
          "SYS_NICE",
          "SYS_RESOURCE",
          "SYS_TIME",
          "SYS_TTY_CONFIG",
          "MKNOD",
          "LEASE",
          "AUDIT_WRITE",
          "AUDIT_CONTROL",
          "SETFCAP",
          "MAC_OVERRIDE",
          "MAC_ADMIN",
          "SYSLOG",
          "WAKE_ALARM",
          "BLOCK_SUSPEND",
          "AUDIT_READ",
          "PERFMON",
          "BPF",
          "CHECKPOINT_RESTORE");

  private static final int LEAST = -1000;

  public HostFacts {
    capabilities = List.copyOf(capabilities);
  }

  /**
   * Reads them.
   *
   * @param proc normally {@code /proc}
   * @param cgroupRoot normally {@code /sys/fs/cgroup}
   */
  public static HostFacts read(Path proc, Path cgroupRoot) throws IOException {
    List<String> held = capabilities(Files.readAllLines(proc.resolve("self/status")));
    int ours = Integer.parseInt(Files.readString(proc.resolve("self/oom_score_adj")).strip());
    return new HostFacts(
        held,
        held.contains("CAP_SYS_RESOURCE") ? LEAST : ours,
        Files.exists(cgroupRoot.resolve("cgroup.controllers")));
  }

  /** What is both permitted to us and within our bounding set: nothing else can be passed on. */
  private static List<String> capabilities(List<String> status) {
    long mask = mask(status, "CapPrm:") & mask(status, "CapBnd:");
    var held = new ArrayList<String>();
    for (int bit = 0; bit < NAMES.size(); bit++) {
      if ((mask >>> bit & 1) != 0) {
        held.add("CAP_" + NAMES.get(bit));
      }
    }
    return held;
  }

  private static long mask(List<String> status, String key) {
    return status.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> Long.parseUnsignedLong(line.substring(key.length()).strip(), 16))
        .findFirst()
        .orElse(0L);
  }

  /** Whether the kernel has a capability of that name, held or not. */
  static boolean known(String capability) {
    return capability.startsWith("CAP_") && NAMES.contains(capability.substring("CAP_".length()));
  }

  /** What of {@code wanted} we may write. */
  int clampOomScoreAdj(int wanted) {
    return Math.min(1000, Math.max(wanted, lowestOomScoreAdj));
  }
}
