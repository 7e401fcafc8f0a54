package org.jcontainerd.jrunc.compile;

import java.util.List;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.User;

/** What must hold for the user namespace, its maps, and the ids that are used in it. */
final class UserCheck {
  private UserCheck() {}

  static void check(Linux linux, Namespaces namespaces, User user, HostFacts host)
      throws RuncFailure.InvalidArgument {
    boolean mapped = !linux.uidMappings().isEmpty() || !linux.gidMappings().isEmpty();
    if (!namespaces.has(Namespace.USER)) {
      if (mapped) {
        throw new RuncFailure.InvalidArgument(
            "linux.uidMappings",
            "user namespace mappings specified, but user namespace isn't enabled in the config");
      }
      if (!host.privileged()) {
        throw new RuncFailure.InvalidArgument(
            "linux.namespaces", "rootless container requires user namespaces");
      }
    } else if (namespaces.creates(Namespace.USER)) {
      maps(linux, user);
    }
  }

  private static void maps(Linux linux, User user) throws RuncFailure.InvalidArgument {
    if (linux.uidMappings().isEmpty() || linux.gidMappings().isEmpty()) {
      throw new RuncFailure.InvalidArgument(
          "linux.uidMappings", "user namespaces enabled, but no uid or gid mappings found");
    }
    // Root of the namespace makes the container's files and mounts before the user is set.
    require("linux.uidMappings", linux.uidMappings(), 0);
    require("linux.gidMappings", linux.gidMappings(), 0);
    require("process.user.uid", linux.uidMappings(), user.uid());
    require("process.user.gid", linux.gidMappings(), user.gid());
    for (long gid : user.additionalGids()) {
      require("process.user.additionalGids", linux.gidMappings(), gid);
    }
  }

  private static void require(String field, List<IdMapping> mappings, long id)
      throws RuncFailure.InvalidArgument {
    boolean found =
        mappings.stream().anyMatch(m -> id >= m.containerId() && id - m.containerId() < m.size());
    if (!found) {
      throw new RuncFailure.InvalidArgument(
          field, "id " + id + " of the container is not mapped to one of the host");
    }
  }
}
