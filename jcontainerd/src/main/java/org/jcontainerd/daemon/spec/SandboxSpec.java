package org.jcontainerd.daemon.spec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jcontainerd.api.cri.v1.NamespaceMode;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.daemon.config.Config;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.oci.runtime.Capabilities;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Root;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.oci.runtime.User;

/**
 * Turns a pod's CRI configuration into the OCI runtime spec of the process that holds its
 * namespaces. Thread-safe.
 *
 * @param pauseRoot directory with the helper as {@code /pause}
 * @param containers for the defaults of sysctls
 */
public record SandboxSpec(Path pauseRoot, Config.Containers containers, HostFacts host) {
  // namespaced sysctls: what is not in such a namespace is the host's (runc, libcontainer/configs)
  private static final Set<String> IPC =
      Set.of(
          "kernel.msgmax",
          "kernel.msgmnb",
          "kernel.msgmni",
          "kernel.sem",
          "kernel.shmall",
          "kernel.shmmax",
          "kernel.shmmni",
          "kernel.shm_rmid_forced");

  /** A killed pause process ends the pod; the kernel should choose it last. */
  private static final int OOM_SCORE_ADJ = -998;

  /**
   * @param netns the pod's network namespace; unused with the host's network
   * @param cgroupPath its own cgroup
   * @param hostname of the pod
   */
  public Spec of(
      String id, PodSandboxConfig config, Path netns, String cgroupPath, String hostname) {
    var options = config.getLinux().getSecurityContext().getNamespaceOptions();
    UserNamespaces.check(options.getUsernsOptions());
    boolean hostNetwork = options.getNetwork() == NamespaceMode.NODE;
    var spec =
        Spec.builder()
            .ociVersion(ContainerSpec.OCI_VERSION)
            .process(process())
            .root(new Root(pauseRoot.toString(), true))
            .mounts(mounts())
            .annotations(annotations(id, config))
            .linux(
                Linux.builder()
                    .namespaces(namespaces(options, netns))
                    .sysctl(sysctls(config, hostNetwork, options.getIpc() == NamespaceMode.NODE))
                    .cgroupsPath(cgroupPath)
                    .resources(
                        Resources.builder().devices(Devices.of(List.of(), false).rules()).build())
                    .build());
    if (!hostNetwork) { // with the host's network the pod has the host's name as well
      spec.hostname(hostname);
    }
    return spec.build();
  }

  private ProcessSpec process() {
    return ProcessSpec.builder()
        .user(User.root())
        .args(List.of("/pause", "pause"))
        .cwd("/")
        .capabilities(Capabilities.builder().build())
        .noNewPrivileges(true)
        .oomScoreAdj(host.clampOomScoreAdj(OOM_SCORE_ADJ))
        .build();
  }

  private static List<Mount> mounts() {
    return List.of(Mount.of("/proc", "proc", "proc", "nosuid", "noexec", "nodev"));
  }

  private static List<Namespace> namespaces(
      org.jcontainerd.api.cri.v1.NamespaceOption options, Path netns) {
    var namespaces = new ArrayList<Namespace>();
    namespaces.add(Namespace.created("mount"));
    if (options.getPid() != NamespaceMode.NODE) {
      namespaces.add(Namespace.created("pid"));
    }
    if (options.getIpc() != NamespaceMode.NODE) {
      namespaces.add(Namespace.created("ipc"));
    }
    if (options.getNetwork() != NamespaceMode.NODE) {
      namespaces.add(Namespace.created("uts"));
      namespaces.add(new Namespace("network", netns.toString()));
    }
    return namespaces;
  }

  private Map<String, String> sysctls(
      PodSandboxConfig config, boolean hostNetwork, boolean hostIpc) {
    var sysctls = new LinkedHashMap<String, String>();
    if (!hostNetwork && containers.unprivilegedPorts()) {
      sysctls.put("net.ipv4.ip_unprivileged_port_start", "0");
    }
    if (!hostNetwork && containers.unprivilegedIcmp()) {
      sysctls.put("net.ipv4.ping_group_range", "0 2147483647");
    }
    config
        .getLinux()
        .getSysctlsMap()
        .forEach((given, value) -> {
          String name = given.replace('/', '.');
          check(name, value, hostNetwork, hostIpc);
          sysctls.put(name, value);
        });
    return sysctls;
  }

  /** One namespaced name and one plain value, or it would change the host (CVE-2022-0811). */
  private static void check(String name, String value, boolean hostNetwork, boolean hostIpc) {
    boolean net = name.startsWith("net.");
    boolean ipc = IPC.contains(name) || name.startsWith("fs.mqueue.");
    if (!name.matches("[a-zA-Z0-9_.-]+") || !(net || ipc)) {
      throw new DaemonFailure.InvalidArgument("sysctl '" + name + "': is not of a namespace");
    }
    if ((net && hostNetwork) || (ipc && hostIpc)) {
      throw new DaemonFailure.InvalidArgument(
          "sysctl '" + name + "': the pod has the host's " + (net ? "network" : "ipc"));
    }
    if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new DaemonFailure.InvalidArgument("sysctl '" + name + "': value is not plain text");
    }
  }

  private static Map<String, String> annotations(String id, PodSandboxConfig config) {
    var m = config.getMetadata();
    var annotations = new LinkedHashMap<String, String>();
    annotations.put("io.kubernetes.cri.container-type", "sandbox");
    annotations.put("io.kubernetes.cri.sandbox-id", id);
    annotations.put("io.kubernetes.cri.sandbox-name", m.getName());
    annotations.put("io.kubernetes.cri.sandbox-namespace", m.getNamespace());
    annotations.put("io.kubernetes.cri.sandbox-uid", m.getUid());
    annotations.put("io.kubernetes.cri.sandbox-log-directory", config.getLogDirectory());
    return annotations;
  }
}
