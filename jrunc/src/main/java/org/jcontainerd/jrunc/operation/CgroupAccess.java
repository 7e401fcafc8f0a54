package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.List;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.cgroup.ContainerCgroup;
import org.jcontainerd.jrunc.compile.HostFacts;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.oci.runtime.Resources;

/** Cgroups of a caller who may have no right to make one. */
final class CgroupAccess {
  private CgroupAccess() {}

  /**
   * Makes a cgroup; false if the caller may not and needs none: then the container stays in the
   * caller's own, and nothing of this one is left.
   *
   * @throws RuncFailure.NotSupported if there are limits, which would be forgotten otherwise
   */
  static boolean create(ContainerCgroup cgroup, Resources resources, HostFacts host)
      throws IOException, RuncFailure {
    try {
      cgroup.create();
      return true;
    } catch (IOException e) {
      if (host.caller().uid() == 0 && !host.caller().inUserNamespace() || !isDenied(e)) {
        throw e;
      }
      cgroup.delete();
      if (limits(resources)) {
        throw new RuncFailure.NotSupported(
            "linux.resources", "this user may not make a cgroup: " + e.getMessage());
      }
      return false;
    }
  }

  /** Device rules are none: without a cgroup an ordinary user gets no device by the container. */
  private static boolean limits(Resources resources) {
    Resources others = resources.toBuilder().devices(List.of()).build();
    return !others.equals(Resources.builder().build());
  }

  private static boolean isDenied(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> true;
      case LinuxException kernel -> kernel.is(Errno.EACCES, Errno.EPERM, Errno.EROFS);
      case FileSystemException other -> String.valueOf(other.getReason()).contains("Read-only");
      default -> false;
    };
  }
}
