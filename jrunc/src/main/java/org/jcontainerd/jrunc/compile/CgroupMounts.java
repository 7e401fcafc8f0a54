package org.jcontainerd.jrunc.compile;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.MountAttribute;
import org.jcontainerd.jrunc.plan.RootStep;

/**
 * What a mount of type {@code cgroup} becomes: on a pure v2 host the v2 file system, otherwise a
 * tmpfs with the container's part of each v1 hierarchy. With a cgroup namespace these are mounts of
 * their own, else bind mounts of the container's directories.
 */
final class CgroupMounts {
  private final StepList steps;
  private final HostFacts host;
  private final boolean ownNamespace;
  private final Map<String, String> directories;

  /**
   * @param directories the container's directory in a hierarchy, by the hierarchy's mount point
   */
  CgroupMounts(
      StepList steps, HostFacts host, boolean ownNamespace, Map<String, String> directories) {
    this.steps = steps;
    this.host = host;
    this.ownNamespace = ownNamespace;
    this.directories = directories;
  }

  void mount(String destination, MountOptions options, boolean v2) throws RuncFailure {
    if ((v2 || host.pureV2()) && !ownNamespace) {
      // Without a cgroup of its own the container is in the caller's, and sees what the caller
      // sees.
      Optional<String> directory = host.v2().map(point -> directories.getOrDefault(point, point));
      if (directory.isEmpty()) {
        throw new RuncFailure.NotSupported(
            "mounts['" + destination + "']", "this host has no cgroup2 mount");
      }
      steps.add(bind(directory.get(), destination, options.set(), directories.isEmpty()));
    } else if (v2 || host.pureV2()) {
      steps.add(
          new RootStep.Mount(
              "cgroup2",
              "cgroup",
              destination,
              options.set(),
              options.data(),
              options.propagation(),
              false));
    } else {
      mountHierarchies(destination, options);
    }
  }

  private void mountHierarchies(String destination, MountOptions options) {
    Set<MountAttribute> closed =
        EnumSet.of(MountAttribute.NOSUID, MountAttribute.NODEV, MountAttribute.NOEXEC);
    steps.add(RootStep.Mount.of("tmpfs", "tmpfs", destination, closed, "mode=755"));
    if (options.readOnly()) {
      closed.add(MountAttribute.RDONLY);
    }
    var names = new HashSet<String>();
    for (HostFacts.V1Hierarchy hierarchy : host.v1()) {
      String directory = hierarchy.directory();
      String place = destination + "/" + directory;
      if (ownNamespace) {
        steps.add(
            new RootStep.Mount(
                "cgroup",
                "cgroup",
                place,
                closed,
                hierarchyOptions(hierarchy),
                options.propagation(),
                false));
      } else {
        String point = hierarchy.mountPoint();
        steps.add(
            bind(directories.getOrDefault(point, point), place, closed, directories.isEmpty()));
      }
      names.add(directory);
      hierarchy.controllers().stream()
          .filter(controller -> !controller.startsWith("name=") && names.add(controller))
          .forEach(controller ->
              steps.add(new RootStep.Symlink(directory, destination + "/" + controller)));
    }
    if (options.readOnly()) {
      steps.add(
          new RootStep.SetAttributes(destination, false, Set.of(MountAttribute.RDONLY), Set.of()));
    }
  }

  private static RootStep.Bind bind(
      String directory, String destination, Set<MountAttribute> set, boolean recursive) {
    return RootStep.Bind.of(
        new RootStep.Source.HostPath(directory),
        destination,
        recursive,
        set.toArray(MountAttribute[]::new));
  }

  private static List<String> hierarchyOptions(HostFacts.V1Hierarchy hierarchy) {
    return hierarchy.controllers().stream().anyMatch(name -> name.startsWith("name="))
        ? List.of("none", hierarchy.controllers().get(0))
        : hierarchy.controllers();
  }
}
