package org.jcontainerd.daemon.spec;

import java.util.List;
import org.jcontainerd.oci.runtime.Mount;

/** The file systems of the kernel that every container gets (runtime-spec, config-linux.md). */
final class KernelMounts {
  private KernelMounts() {}

  /**
   * @param privileged /sys and the control groups may be written
   */
  static List<Mount> of(boolean privileged, boolean unifiedCgroups) {
    String sys = privileged ? "rw" : "ro";
    String cgroup = unifiedCgroups ? "cgroup2" : "cgroup";
    return List.of(
        Mount.of("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
        Mount.of("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
        Mount.of(
            "/dev/pts",
            "devpts",
            "devpts",
            "nosuid",
            "noexec",
            "newinstance",
            "ptmxmode=0666",
            "mode=0620",
            "gid=5"),
        Mount.of("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
        Mount.of("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", sys),
        Mount.of("/sys/fs/cgroup", cgroup, "cgroup", "nosuid", "noexec", "nodev", "relatime", sys));
  }
}
