package org.jcontainerd.jrunc.cgroup;

import java.util.List;
import java.util.OptionalInt;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.Spec;

/** To whom a container's cgroup belongs (config-linux.md, "Cgroup ownership"). Pure. */
public final class CgroupOwner {
  private CgroupOwner() {}

  /**
   * The user on the host to whom the cgroup is given; empty if it stays the runtime's. Given are
   * those that the container can write to: in a cgroup namespace of its own, mounted read-write.
   */
  public static OptionalInt of(Spec spec) {
    if (spec.linux().isEmpty() || spec.process().isEmpty() || !writable(spec)) {
      return OptionalInt.empty();
    }
    Linux linux = spec.linux().get();
    if (!isNew(linux.namespaces(), "cgroup")) {
      return OptionalInt.empty();
    }
    long uid = spec.process().get().user().uid();
    if (linux.uidMappings().isEmpty()) {
      return uid == 0 ? OptionalInt.empty() : OptionalInt.of((int) uid);
    }
    for (IdMapping mapping : linux.uidMappings()) {
      long offset = uid - mapping.containerId();
      if (offset >= 0 && offset < mapping.size()) {
        return OptionalInt.of((int) (mapping.hostId() + offset));
      }
    }
    return OptionalInt.empty(); // a process of that user cannot be started, which says so itself
  }

  private static boolean writable(Spec spec) {
    return spec.mounts().stream()
        .anyMatch(mount ->
            mount.source().equals("cgroup")
                && mount.destination().equals("/sys/fs/cgroup")
                && !mount.options().contains("ro"));
  }

  private static boolean isNew(List<Namespace> namespaces, String type) {
    return namespaces.stream().anyMatch(n -> n.type().equals(type) && n.path().isEmpty());
  }
}
