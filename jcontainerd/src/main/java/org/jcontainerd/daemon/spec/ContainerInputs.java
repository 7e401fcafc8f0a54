package org.jcontainerd.daemon.spec;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.LinuxContainerSecurityContext;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.oci.image.ImageConfig;
import org.jcontainerd.oci.runtime.User;

/**
 * Everything that a container's spec is made of. Immutable.
 *
 * @param sandboxId the pod
 * @param pod the pod's configuration
 * @param podPid the process that holds the pod's namespaces
 * @param targetPid the process whose pid namespace is joined, where CRI says TARGET
 * @param netns the pod's network namespace
 * @param image how the image wants to be run
 * @param user resolved
 * @param imageVolumes where image volumes are on the host, by container path
 */
public record ContainerInputs(
    String id,
    ContainerConfig config,
    String sandboxId,
    PodSandboxConfig pod,
    long podPid,
    OptionalLong targetPid,
    Path netns,
    PodFiles files,
    ImageConfig.Execution image,
    User user,
    String cgroupPath,
    String hostname,
    HostFacts host,
    Map<String, Path> imageVolumes) {
  public ContainerInputs {
    imageVolumes = Map.copyOf(imageVolumes);
  }

  LinuxContainerSecurityContext security() {
    return config.getLinux().getSecurityContext();
  }

  /** Privileged containers need a privileged pod: kubelet says so for both. */
  boolean privileged() {
    return security().getPrivileged();
  }

  Path imageVolume(org.jcontainerd.api.cri.v1.Mount mount) {
    Path path = imageVolumes.get(mount.getContainerPath());
    if (path == null) {
      throw new DaemonFailure.OperationFailed(
          "ImageVolumeMountFailed: mount '" + mount.getContainerPath() + "': image is not mounted");
    }
    return path;
  }
}
