package org.jcontainerd.jrunc.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.operation.RuntimeContext;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.oci.runtime.SyscallRule;

/** What kernel and host must have: namespaces, controllers, security modules, sysctls. */
final class HostCheck {
  /** Type in config.json: name in /proc/self/ns, name of the sysctl that limits how many. */
  private static final Map<String, List<String>> NAMESPACES =
      Map.of(
          "pid", List.of("pid", "max_pid_namespaces"),
          "network", List.of("net", "max_net_namespaces"),
          "mount", List.of("mnt", "max_mnt_namespaces"),
          "ipc", List.of("ipc", "max_ipc_namespaces"),
          "uts", List.of("uts", "max_uts_namespaces"),
          "user", List.of("user", "max_user_namespaces"),
          "cgroup", List.of("cgroup", "max_cgroup_namespaces"),
          "time", List.of("time", "max_time_namespaces"));

  /** Actions of profiles by what seccomp(2) calls them in actions_avail. */
  private static final Map<String, String> ACTIONS =
      Map.of(
          "SCMP_ACT_KILL", "kill_thread",
          "SCMP_ACT_KILL_THREAD", "kill_thread",
          "SCMP_ACT_KILL_PROCESS", "kill_process",
          "SCMP_ACT_TRAP", "trap",
          "SCMP_ACT_ERRNO", "errno",
          "SCMP_ACT_NOTIFY", "user_notif",
          "SCMP_ACT_TRACE", "trace",
          "SCMP_ACT_LOG", "log",
          "SCMP_ACT_ALLOW", "allow");

  private final RuntimeContext context;
  private final Spec spec;
  private final Linux linux;
  private final Findings findings;

  HostCheck(RuntimeContext context, Spec spec, Linux linux, Findings findings) {
    this.context = context;
    this.spec = spec;
    this.linux = linux;
    this.findings = findings;
  }

  void run() throws IOException {
    namespaces();
    linux.resources().ifPresent(this::controllers);
    for (String key : linux.sysctl().keySet()) {
      Path file = Path.of("/proc/sys", key.contains("/") ? key : key.replace('.', '/'));
      if (!Files.exists(file)) {
        findings.add(
            "linux.sysctl['" + key + "']",
            "this kernel has no such sysctl",
            "Correct the name, or load the module that has it");
      }
    }
    if (linux.seccomp().isPresent()) {
      seccomp(linux.seccomp().get());
    }
    profile(spec.process().map(ProcessSpec::apparmorProfile).orElse(""));
  }

  private void namespaces() throws LinuxException {
    List<Namespace> all = linux.namespaces();
    for (int i = 0; i < all.size(); i++) {
      String field = "linux.namespaces[" + i + "]";
      String path = all.get(i).path();
      List<String> names = NAMESPACES.get(all.get(i).type());
      if (names == null) {
        continue; // the compiler has said so
      }
      if (!path.isEmpty()) {
        if (!Files.exists(Path.of(path))) {
          findings.add(
              field + ".path",
              "'" + path + "' does not exist",
              "Its owner may have ended: make it again, or leave the path out for a new one");
        }
        continue;
      }
      if (!Files.exists(Path.of("/proc/self/ns", names.get(0)))) {
        findings.add(
            field + ".type",
            "this kernel has no " + all.get(i).type() + " namespaces",
            "Take it out, or boot a kernel that has them");
        continue;
      }
      Optional<String> most =
          KernelFile.readIfPresent(Path.of("/proc/sys/user", names.get(1))).map(String::strip);
      if (most.equals(Optional.of("0"))) {
        findings.add(
            field + ".type",
            "this host allows no " + all.get(i).type() + " namespaces",
            "Raise the sysctl user." + names.get(1));
      }
    }
  }

  private void controllers(Resources resources) {
    if (resources.memory().isPresent()) {
      controller("memory", "memory");
    }
    if (resources.pids().isPresent()) {
      controller("pids", "pids");
    }
    if (resources.blockIo().isPresent()) {
      controller("blockIO", "blkio", "io");
    }
    if (!resources.hugepageLimits().isEmpty()) {
      controller("hugepageLimits", "hugetlb");
    }
    if (resources.network().isPresent()) {
      controller("network", "net_cls", "net_prio");
    }
    if (!resources.rdma().isEmpty()) {
      controller("rdma", "rdma");
    }
    resources.cpu().ifPresent(this::cpu);
    if (!resources.unified().isEmpty() && context.layout().mode() != CgroupLayout.Mode.UNIFIED) {
      findings.add(
          "linux.resources.unified",
          "this host does not have cgroup v2 alone",
          "Use the fields for both versions, or boot with systemd.unified_cgroup_hierarchy=1");
    }
  }

  private void cpu(Cpu cpu) {
    if (!cpu.cpus().isEmpty() || !cpu.mems().isEmpty()) {
      controller("cpu.cpus", "cpuset");
    }
    if (cpu.shares().isPresent() || cpu.quota().isPresent() || cpu.period().isPresent()) {
      controller("cpu", "cpu");
    }
  }

  private void controller(String field, String... any) {
    for (String controller : any) {
      if (context.layout().of(controller).isPresent()) {
        return;
      }
    }
    findings.add(
        "linux.resources." + field,
        "the cgroup controller '" + String.join("' or '", any) + "' is not there",
        "Mount it (or enable it, see /proc/cgroups), or take the limit out");
  }

  private void seccomp(Seccomp profile) throws LinuxException {
    Optional<String> available =
        KernelFile.readIfPresent(Path.of("/proc/sys/kernel/seccomp/actions_avail"));
    if (available.isEmpty()) {
      findings.add("linux.seccomp", "this kernel has no seccomp filters", "Take the profile out");
      return;
    }
    Set<String> known = Set.of(available.get().strip().split(" "));
    action("linux.seccomp.defaultAction", profile.defaultAction(), known);
    for (int i = 0; i < profile.syscalls().size(); i++) {
      SyscallRule rule = profile.syscalls().get(i);
      action("linux.seccomp.syscalls[" + i + "].action", rule.action(), known);
    }
    if (!profile.listenerPath().isEmpty() && !Files.exists(Path.of(profile.listenerPath()))) {
      findings.add(
          "linux.seccomp.listenerPath",
          "'" + profile.listenerPath() + "' does not exist",
          "Start the agent that listens there");
    }
  }

  private void action(String field, String action, Set<String> known) {
    String name = ACTIONS.get(action);
    if (name != null && !known.contains(name)) {
      findings.add(field, "this kernel does not have " + action, "Use SCMP_ACT_ERRNO in its place");
    }
  }

  private void profile(String profile) throws IOException {
    if (profile.isEmpty() || profile.equals("unconfined") || !context.host().appArmor()) {
      return; // without AppArmor the compiler has said so
    }
    Optional<String> loaded =
        KernelFile.readIfPresent(Path.of("/sys/kernel/security/apparmor/profiles"));
    if (loaded.isPresent()
        && loaded.get().lines().noneMatch(line -> line.startsWith(profile + " ("))) {
      findings.add(
          "process.apparmorProfile",
          "the profile '" + profile + "' is not loaded",
          "Load it with apparmor_parser");
    }
  }
}
