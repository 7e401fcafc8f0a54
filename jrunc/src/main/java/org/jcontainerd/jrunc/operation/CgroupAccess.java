package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.Caller;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.cgroup.CgroupDriver;
import org.jcontainerd.jrunc.cgroup.ContainerCgroup;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Spec;

/** Cgroups of a caller who may have no right to make one. */
final class CgroupAccess {
  private CgroupAccess() {}

  /**
   * Makes a cgroup by a driver; empty if the caller may not and needs none: then the container
   * stays in the caller's own, and nothing of this one is left.
   *
   * @return what {@link CgroupDriver#make} answers
   * @throws RuncFailure.NotSupported if there are limits, which would be forgotten otherwise
   */
  static Optional<CgroupDriver.Opening> make(
      CgroupDriver driver, ContainerCgroup cgroup, Spec spec, String id, Caller caller)
      throws IOException, RuncFailure {
    try {
      return Optional.of(driver.make(cgroup, spec, id));
    } catch (IOException e) {
      if (!caller.isOrdinary() || !isDenied(e)) {
        throw e;
      }
      driver.remove(cgroup);
      cgroup.delete();
      if (limits(spec)) {
        throw new RuncFailure.NotSupported(
            "linux.resources", "this user may not make a cgroup: " + e.getMessage());
      }
      return Optional.empty();
    }
  }

  /** Device rules are none: without a cgroup an ordinary user gets no device by the container. */
  private static boolean limits(Spec spec) {
    Resources none = Resources.builder().build();
    Resources all = spec.linux().flatMap(Linux::resources).orElse(none);
    Resources others = all.toBuilder().devices(List.of()).build();
    return !others.equals(none);
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
