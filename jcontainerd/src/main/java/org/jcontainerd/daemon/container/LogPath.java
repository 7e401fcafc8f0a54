package org.jcontainerd.daemon.container;

import java.nio.file.Path;
import java.util.Objects;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.daemon.failure.DaemonFailure;

/** Where the log of a container is: below the pod's directory and nowhere else (CVE-2025-0750). */
final class LogPath {
  private LogPath() {}

  /** Absolute; "" if the pod or the container has none. */
  static String of(PodSandboxConfig pod, ContainerConfig container) {
    if (pod.getLogDirectory().isEmpty() || container.getLogPath().isEmpty()) {
      return "";
    }
    Path directory = Path.of(pod.getLogDirectory()).normalize();
    Path log = directory.resolve(container.getLogPath()).normalize();
    if (!directory.isAbsolute() || !log.startsWith(directory) || log.equals(directory)) {
      throw new DaemonFailure.InvalidArgument(
          "log path '" + container.getLogPath() + "': is not below '" + directory + "'");
    }
    return log.toString();
  }

  /** The directory of a log that {@link #of} answered. */
  static Path directory(String log) {
    return Objects.requireNonNull(Path.of(log).getParent(), "log paths are absolute");
  }
}
