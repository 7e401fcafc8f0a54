package org.jcontainerd.daemon.sandbox;

import java.nio.file.Path;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.daemon.failure.DaemonFailure;

/** Where the cgroups of pods and containers are: below the parent that kubelet names, or ours. */
public final class CgroupPaths {
  private CgroupPaths() {}

  /**
   * The cgroup of a pod's process or of a container.
   *
   * @param ownParent for pods that name none
   */
  public static String of(PodSandboxConfig config, String ownParent, String id) {
    String parent = config.getLinux().getCgroupParent();
    return Path.of(parent.isEmpty() ? ownParent : parent).resolve(id).toString();
  }

  /** Refuses what is not a path of the cgroupfs driver. */
  static void check(PodSandboxConfig config) {
    String parent = config.getLinux().getCgroupParent();
    boolean usable =
        parent.isEmpty()
            || (parent.startsWith("/") && Path.of(parent).normalize().equals(Path.of(parent)));
    if (!usable) {
      throw new DaemonFailure.InvalidArgument(
          "cgroup parent '" + parent + "': is not an absolute path, as the cgroupfs driver needs");
    }
  }
}
