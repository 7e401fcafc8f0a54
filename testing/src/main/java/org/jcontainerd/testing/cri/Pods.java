package org.jcontainerd.testing.cri;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.ContainerMetadata;
import org.jcontainerd.api.cri.v1.CreateContainerRequest;
import org.jcontainerd.api.cri.v1.DNSConfig;
import org.jcontainerd.api.cri.v1.ExecSyncRequest;
import org.jcontainerd.api.cri.v1.ExecSyncResponse;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.LinuxContainerConfig;
import org.jcontainerd.api.cri.v1.LinuxContainerResources;
import org.jcontainerd.api.cri.v1.LinuxContainerSecurityContext;
import org.jcontainerd.api.cri.v1.LinuxPodSandboxConfig;
import org.jcontainerd.api.cri.v1.NamespaceMode;
import org.jcontainerd.api.cri.v1.NamespaceOption;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.api.cri.v1.PodSandboxMetadata;
import org.jcontainerd.api.cri.v1.PullImageRequest;
import org.jcontainerd.api.cri.v1.RemovePodSandboxRequest;
import org.jcontainerd.api.cri.v1.RunPodSandboxRequest;
import org.jcontainerd.api.cri.v1.SecurityProfile;
import org.jcontainerd.api.cri.v1.StartContainerRequest;
import org.jcontainerd.api.cri.v1.StopPodSandboxRequest;

/**
 * Pods and containers configured as kubelet configures ordinary ones: bridge network, DNS, labels,
 * a log directory; default seccomp profile, masked and read-only paths, a memory limit.
 * Thread-safe.
 */
public final class Pods {
  private static final List<String> MASKED =
      List.of(
          "/proc/asound",
          "/proc/acpi",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/sys/firmware");
  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");
  private static final long MEMORY_LIMIT_BYTES = 256L << 20;

  private final CriClient cri;
  private final Path logs;

  /**
   * @param logs where the pods' log directories are made
   */
  public Pods(CriClient cri, Path logs) {
    this.cri = cri;
    this.logs = logs;
  }

  /** Namespaces of an ordinary pod: network and IPC shared, a PID namespace per container. */
  public static NamespaceOption namespaces() {
    return NamespaceOption.newBuilder()
        .setNetwork(NamespaceMode.POD)
        .setPid(NamespaceMode.CONTAINER)
        .setIpc(NamespaceMode.POD)
        .build();
  }

  /** An ordinary pod. */
  public PodSandboxConfig.Builder pod(String name) {
    var linux = LinuxPodSandboxConfig.newBuilder();
    linux
        .getSecurityContextBuilder()
        .setNamespaceOptions(namespaces())
        .getSeccompBuilder()
        .setProfileType(SecurityProfile.ProfileType.RuntimeDefault);
    return PodSandboxConfig.newBuilder()
        .setMetadata(
            PodSandboxMetadata.newBuilder()
                .setName(name)
                .setNamespace("test")
                .setUid(UUID.randomUUID().toString()))
        .setHostname(name)
        .setLogDirectory(logs.resolve(name).toString())
        .setDnsConfig(DNSConfig.newBuilder().addServers("10.96.0.10").addSearches("test.local"))
        .putLabels("io.kubernetes.pod.name", name)
        .setLinux(linux);
  }

  /** An ordinary container. */
  public static ContainerConfig.Builder container(String name, String image, String... command) {
    var security =
        LinuxContainerSecurityContext.newBuilder()
            .setNamespaceOptions(namespaces())
            .addAllMaskedPaths(MASKED)
            .addAllReadonlyPaths(READ_ONLY)
            .setSeccomp(
                SecurityProfile.newBuilder()
                    .setProfileType(SecurityProfile.ProfileType.RuntimeDefault));
    var resources =
        LinuxContainerResources.newBuilder()
            .setMemoryLimitInBytes(MEMORY_LIMIT_BYTES)
            .setCpuShares(100);
    return ContainerConfig.newBuilder()
        .setMetadata(ContainerMetadata.newBuilder().setName(name))
        .setImage(ImageSpec.newBuilder().setImage(image))
        .addAllCommand(List.of(command))
        .setLogPath(name + ".log")
        .putLabels("io.kubernetes.container.name", name)
        .setLinux(
            LinuxContainerConfig.newBuilder().setResources(resources).setSecurityContext(security));
  }

  /** RunPodSandbox. */
  public String run(PodSandboxConfig pod) {
    return cri.runtime()
        .runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(pod).build())
        .getPodSandboxId();
  }

  /** CreateContainer. */
  public String create(String podId, PodSandboxConfig pod, ContainerConfig container) {
    return cri.runtime()
        .createContainer(
            CreateContainerRequest.newBuilder()
                .setPodSandboxId(podId)
                .setConfig(container)
                .setSandboxConfig(pod)
                .build())
        .getContainerId();
  }

  /** StartContainer. */
  public void start(String containerId) {
    var _ =
        cri.runtime()
            .startContainer(StartContainerRequest.newBuilder().setContainerId(containerId).build());
  }

  /** ExecSync without a time limit. */
  public ExecSyncResponse exec(String containerId, String... command) {
    return cri.runtime()
        .execSync(
            ExecSyncRequest.newBuilder()
                .setContainerId(containerId)
                .addAllCmd(List.of(command))
                .build());
  }

  /** StopPodSandbox. */
  public void stop(String podId) {
    var _ =
        cri.runtime()
            .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
  }

  /** RemovePodSandbox. */
  public void remove(String podId) {
    var _ =
        cri.runtime()
            .removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
  }

  /** PullImage; answers the image's id. */
  public String pull(String image) {
    return cri.images()
        .pullImage(
            PullImageRequest.newBuilder().setImage(ImageSpec.newBuilder().setImage(image)).build())
        .getImageRef();
  }
}
