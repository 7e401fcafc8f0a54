package org.jcontainerd.jrunc.stats;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.cgroup.CgroupHierarchy;
import org.jcontainerd.linux.cgroup.CgroupLayout;

/**
 * The directories of one container's cgroup, by controller.
 *
 * @param directories by mount point of the hierarchy
 */
public record CgroupDirectories(CgroupLayout layout, Map<String, Path> directories) {
  public CgroupDirectories {
    directories = Map.copyOf(directories);
  }

  /** Where a controller of version 1 counts the container. */
  public Optional<Path> legacy(String controller) {
    return layout.of(controller).filter(h -> !h.unified()).flatMap(this::directory);
  }

  /** The container's directory in the unified tree, if that tree has the controller. */
  public Optional<Path> unified(String controller) {
    return layout.of(controller).filter(CgroupHierarchy::unified).flatMap(this::directory);
  }

  /** The container's directory in a tree that is the only one. */
  public Optional<Path> onlyUnified() {
    return layout.mode() == CgroupLayout.Mode.UNIFIED
        ? layout.unified().flatMap(this::directory)
        : Optional.empty();
  }

  private Optional<Path> directory(CgroupHierarchy hierarchy) {
    return Optional.ofNullable(directories.get(hierarchy.mountPoint().toString()));
  }
}
