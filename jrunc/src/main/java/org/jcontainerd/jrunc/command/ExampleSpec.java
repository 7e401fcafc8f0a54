package org.jcontainerd.jrunc.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.runtime.Capabilities;
import org.jcontainerd.oci.runtime.DeviceRule;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Rlimit;
import org.jcontainerd.oci.runtime.Root;
import org.jcontainerd.oci.runtime.Spec;

/**
 * The configuration that {@code spec} writes: a shell in a terminal, with the usual restrictions.
 */
final class ExampleSpec {
  private ExampleSpec() {}

  /**
   * @param cgroupNamespace whether there is cgroup v2 alone, where the namespace is of use
   * @param uid whom a rootless container's root is
   */
  static Spec of(boolean rootless, boolean cgroupNamespace, int uid, int gid) {
    return Spec.builder()
        .ociVersion(JruncProgram.SPEC_VERSION)
        .root(new Root("rootfs", true))
        .hostname("jrunc")
        .process(process())
        .mounts(mounts(rootless))
        .linux(linux(rootless, cgroupNamespace, uid, gid))
        .build();
  }

  private static ProcessSpec process() {
    List<String> capabilities = List.of("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");
    return ProcessSpec.builder()
        .terminal(true)
        .args(List.of("sh"))
        .env(
            List.of(
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"))
        .cwd("/")
        .noNewPrivileges(true)
        .capabilities(
            Capabilities.builder()
                .bounding(capabilities)
                .effective(capabilities)
                .permitted(capabilities)
                .build())
        .rlimits(List.of(new Rlimit("RLIMIT_NOFILE", 1024, 1024)))
        .build();
  }

  private static List<Mount> mounts(boolean rootless) {
    var mounts = new ArrayList<Mount>();
    mounts.add(Mount.of("/proc", "proc", "proc"));
    mounts.add(
        Mount.of("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"));
    var pts =
        new ArrayList<>(List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"));
    if (!rootless) {
      pts.add("gid=5"); // tty; an ordinary user has no such group to give away
    }
    mounts.add(Mount.of("/dev/pts", "devpts", "devpts", pts.toArray(String[]::new)));
    mounts.add(
        Mount.of(
            "/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k"));
    mounts.add(Mount.of("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"));
    if (rootless) {
      mounts.add(Mount.of("/sys", "none", "/sys", "rbind", "nosuid", "noexec", "nodev", "ro"));
    } else {
      mounts.add(Mount.of("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"));
    }
    mounts.add(
        Mount.of(
            "/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro"));
    return mounts;
  }

  private static Linux linux(boolean rootless, boolean cgroupNamespace, int uid, int gid) {
    var types =
        new ArrayList<>(
            rootless
                ? List.of("pid", "ipc", "uts", "mount")
                : List.of("pid", "network", "ipc", "uts", "mount"));
    if (cgroupNamespace) {
      types.add("cgroup");
    }
    if (rootless) {
      types.add("user");
    }
    List<Namespace> namespaces = types.stream().map(Namespace::created).toList();
    var linux =
        Linux.builder()
            .namespaces(namespaces)
            .maskedPaths(
                List.of(
                    "/proc/acpi",
                    "/proc/asound",
                    "/proc/kcore",
                    "/proc/keys",
                    "/proc/latency_stats",
                    "/proc/timer_list",
                    "/proc/timer_stats",
                    "/proc/sched_debug",
                    "/sys/firmware",
                    "/proc/scsi"))
            .readonlyPaths(
                List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"));
    if (rootless) {
      linux
          .uidMappings(List.of(new IdMapping(0, uid, 1)))
          .gidMappings(List.of(new IdMapping(0, gid, 1)));
    } else {
      linux.resources(
          Resources.builder()
              .devices(
                  List.of(new DeviceRule(false, "", Optional.empty(), Optional.empty(), "rwm")))
              .build());
    }
    return linux.build();
  }
}
