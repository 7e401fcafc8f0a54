package org.jcontainerd.daemon.spec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jcontainerd.api.cri.v1.LinuxContainerSecurityContext;
import org.jcontainerd.api.cri.v1.NamespaceMode;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.api.cri.v1.SecurityProfile;
import org.jcontainerd.daemon.apparmor.AppArmor;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.oci.runtime.Capabilities;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Root;
import org.jcontainerd.oci.runtime.Spec;

/** Turns a container's CRI configuration into the OCI runtime spec. Thread-safe. */
public final class ContainerSpec {
  /** The version of the runtime-spec that our documents follow. */
  static final String OCI_VERSION = "1.3.0";

  private final SeccompProfiles seccomp;
  private final AppArmor apparmor;
  private final Predicate<Path> shared;

  /**
   * @param seccompDirectory where relative Localhost profiles are
   * @param shared whether a host path lies on a shared mount
   */
  public ContainerSpec(Path seccompDirectory, AppArmor apparmor, Predicate<Path> shared) {
    this.seccomp = SeccompProfiles.in(seccompDirectory);
    this.apparmor = apparmor;
    this.shared = shared;
  }

  /**
   * @throws DaemonFailure.InvalidArgument if the configuration contradicts itself or the host
   */
  public Spec of(ContainerInputs in) {
    UserNamespaces.check(in.security().getNamespaceOptions().getUsernsOptions());
    refuseCdi(in);
    var mounts = ContainerMounts.of(in, shared);
    var capabilities =
        CapabilitySet.of(in.security().getCapabilities(), in.privileged(), in.host());
    return Spec.builder()
        .ociVersion(OCI_VERSION)
        .process(process(in, capabilities))
        .root(new Root("rootfs", in.security().getReadonlyRootfs()))
        .mounts(mounts.mounts())
        .annotations(annotations(in))
        .linux(linux(in, capabilities, mounts.rootPropagation()))
        .build();
  }

  private ProcessSpec process(ContainerInputs in, Capabilities capabilities) {
    var command = Command.of(in.config(), in.image(), in.hostname());
    int oomScoreAdj = Math.toIntExact(in.config().getLinux().getResources().getOomScoreAdj());
    var process = ProcessSpec.builder();
    apparmor.profile(in.security()).ifPresent(process::apparmorProfile);
    return process
        .terminal(in.config().getTty())
        .user(in.user())
        .args(command.args())
        .env(command.env())
        .cwd(command.cwd())
        .capabilities(capabilities)
        .noNewPrivileges(in.security().getNoNewPrivs())
        .oomScoreAdj(in.host().clampOomScoreAdj(oomScoreAdj))
        .build();
  }

  private Linux linux(ContainerInputs in, Capabilities capabilities, String rootPropagation) {
    boolean privileged = in.privileged();
    var devices = Devices.of(in.config().getDevicesList(), privileged);
    var linux =
        Linux.builder()
            .namespaces(namespaces(in))
            .cgroupsPath(in.cgroupPath())
            .devices(devices.nodes())
            .resources(ResourceLimits.of(in.config().getLinux().getResources(), devices.rules()))
            .rootfsPropagation(rootPropagation)
            .maskedPaths(privileged ? List.of() : in.security().getMaskedPathsList())
            .readonlyPaths(privileged ? List.of() : in.security().getReadonlyPathsList());
    if (!privileged) { // CRI: a profile of a privileged container is ignored
      var security = in.security();
      filter(security, Set.copyOf(capabilities.bounding())).ifPresent(linux::seccomp);
    }
    return linux.build();
  }

  @SuppressWarnings("deprecation") // CRI still carries the old field; the new one wins
  private Optional<org.jcontainerd.oci.runtime.Seccomp> filter(
      LinuxContainerSecurityContext security, Set<String> bounding) {
    Optional<SecurityProfile> profile =
        security.hasSeccomp() ? Optional.of(security.getSeccomp()) : Optional.empty();
    return seccomp.filter(profile, security.getSeccompProfilePath(), bounding);
  }

  private static List<Namespace> namespaces(ContainerInputs in) {
    var options = in.security().getNamespaceOptions();
    String ofPod = "/proc/" + in.podPid() + "/ns/";
    var namespaces = new ArrayList<Namespace>();
    namespaces.add(Namespace.created("mount"));
    // the pod's process has the host's where the pod asked for them: joining is right either way
    namespaces.add(new Namespace("ipc", ofPod + "ipc"));
    namespaces.add(new Namespace("uts", ofPod + "uts"));
    if (options.getNetwork() != NamespaceMode.NODE && !hasHostNetwork(in.pod())) {
      namespaces.add(new Namespace("network", in.netns().toString()));
    }
    switch (options.getPid()) {
      case POD -> namespaces.add(new Namespace("pid", ofPod + "pid"));
      case CONTAINER -> namespaces.add(Namespace.created("pid"));
      case NODE -> {}
      case TARGET ->
          namespaces.add(
              new Namespace(
                  "pid",
                  "/proc/"
                      + in.targetPid()
                          .orElseThrow(() ->
                              new DaemonFailure.FailedPrecondition(
                                  "pid namespace: target container is not running"))
                      + "/ns/pid"));
      case UNRECOGNIZED ->
          throw new DaemonFailure.InvalidArgument(
              "pid namespace mode '" + options.getPidValue() + "': unknown");
    }
    if (in.host().unifiedCgroups() && !in.privileged()) {
      namespaces.add(Namespace.created("cgroup"));
    }
    return namespaces;
  }

  /** A pod with the host's network has no namespace that a container could ask for. */
  private static boolean hasHostNetwork(PodSandboxConfig pod) {
    return pod.getLinux().getSecurityContext().getNamespaceOptions().getNetwork()
        == NamespaceMode.NODE;
  }

  /** What tools and plugins read; nothing of the image's labels gets here (CVE-2026-53488). */
  private static Map<String, String> annotations(ContainerInputs in) {
    var m = in.pod().getMetadata();
    var annotations = new LinkedHashMap<String, String>();
    annotations.put("io.kubernetes.cri.container-type", "container");
    annotations.put("io.kubernetes.cri.sandbox-id", in.sandboxId());
    annotations.put("io.kubernetes.cri.sandbox-name", m.getName());
    annotations.put("io.kubernetes.cri.sandbox-namespace", m.getNamespace());
    annotations.put("io.kubernetes.cri.sandbox-uid", m.getUid());
    annotations.put("io.kubernetes.cri.container-name", in.config().getMetadata().getName());
    annotations.put("io.kubernetes.cri.image-name", in.config().getImage().getImage());
    return annotations;
  }

  /** A device that is left out silently would be missed only inside the container. */
  private static void refuseCdi(ContainerInputs in) {
    if (in.config().getCDIDevicesCount() > 0) {
      throw new DaemonFailure.Unimplemented(
          "device '" + in.config().getCDIDevices(0).getName() + "': CDI is not built yet");
    }
  }
}
