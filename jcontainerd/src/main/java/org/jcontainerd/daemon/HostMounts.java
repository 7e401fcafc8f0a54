package org.jcontainerd.daemon;

import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.mount.MountInfo;

/** The mounts of the host, read when asked. */
final class HostMounts implements Daemon.SharedMounts {
  @Override
  public boolean shared(Path path) {
    try {
      Optional<MountInfo> nearest = Optional.empty();
      for (MountInfo each : MountInfo.read()) {
        boolean deeper =
            nearest.isEmpty()
                || Path.of(each.mountPoint()).startsWith(Path.of(nearest.get().mountPoint()));
        if (path.startsWith(Path.of(each.mountPoint())) && deeper) {
          nearest = Optional.of(each);
        }
      }
      return nearest.map(MountInfo::isShared).orElse(false);
    } catch (LinuxException e) {
      throw new DaemonFailure.OperationFailed("read the mounts of the host", e);
    }
  }
}
