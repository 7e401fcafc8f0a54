package org.jcontainerd.linux.cgroup;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One mounted tree of cgroups. Immutable.
 *
 * @param mountPoint where it is mounted
 * @param root the cgroup that is shown at the mount point: {@code /}, or deeper for a mount that
 *     somebody else prepared
 * @param controllers those of version 1 that are mounted here, {@code name=x} for a named tree; for
 *     the unified tree those that it offers at its root
 * @param unified whether it is a cgroup2 tree
 */
public record CgroupHierarchy(
    Path mountPoint, String root, Set<String> controllers, boolean unified) {
  public CgroupHierarchy {
    controllers = Set.copyOf(controllers);
  }

  /** By hand, as {@link #hashCode}: those of a record cost a JVM 8 ms when it first needs them. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CgroupHierarchy that
        && mountPoint.equals(that.mountPoint)
        && root.equals(that.root)
        && controllers.equals(that.controllers)
        && unified == that.unified;
  }

  @Override
  public int hashCode() {
    return mountPoint.hashCode();
  }

  /**
   * The directory of a cgroup.
   *
   * @param cgroup absolute from the root of the hierarchy: {@code /kubepods/pod1/x}, as {@code
   *     /proc/PID/cgroup} shows it
   * @throws IllegalArgumentException if it is not absolute, or leads up
   */
  public Path directory(String cgroup) {
    Path path = Path.of(cgroup);
    if (!path.isAbsolute() || !path.normalize().equals(path)) {
      throw new IllegalArgumentException("cgroup '" + cgroup + "': not an absolute, normal path");
    }
    Path shown = Path.of(root);
    Path relative = path.startsWith(shown) ? shown.relativize(path) : Path.of("/").relativize(path);
    return mountPoint.resolve(relative.toString());
  }
}
