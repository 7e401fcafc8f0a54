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

  static Spec of(boolean rootless) {
    return Spec.builder()
        .ociVersion(JruncProgram.SPEC_VERSION)
        .root(new Root("rootfs", true))
        .hostname("jrunc")
        .process(process())
        .mounts(mounts(rootless))
        .linux(linux(rootless))
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
    mounts.add(
        Mount.of(
            "/dev/pts",
            "devpts",
            "devpts",
            "nosuid",
            "noexec",
            "newinstance",
            "ptmxmode=0666",
            "mode=0620"));
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

  private static Linux linux(boolean rootless) {
    var namespaces = new ArrayList<Namespace>();
    for (String type :
        List.of("pid", rootless ? "user" : "network", "ipc", "uts", "mount", "cgroup")) {
      namespaces.add(Namespace.created(type));
    }
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
      List<IdMapping> self = List.of(new IdMapping(0, 0, 1));
      linux.uidMappings(self).gidMappings(self);
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
