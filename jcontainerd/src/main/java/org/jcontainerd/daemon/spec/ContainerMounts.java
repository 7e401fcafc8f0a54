package org.jcontainerd.daemon.spec;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jcontainerd.api.cri.v1.MountPropagation;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.oci.runtime.Mount;

/**
 * The mounts of a container: the kernel's file systems, the pod's files, what CRI asks for.
 *
 * @param mounts in the order in which they are made
 * @param rootPropagation how mounts spread between the container and the host; "" for the default
 */
record ContainerMounts(List<Mount> mounts, String rootPropagation) {
  ContainerMounts {
    mounts = List.copyOf(mounts);
  }

  /**
   * @param shared whether a host path lies on a shared mount
   */
  static ContainerMounts of(ContainerInputs in, Predicate<Path> shared) {
    var wanted = new ArrayList<>(in.config().getMountsList());
    // parents first: a mount on /a must not hide the one on /a/b
    wanted.sort(Comparator.comparingInt(m -> Path.of(m.getContainerPath()).getNameCount()));
    var taken = new HashSet<Path>();
    wanted.forEach(m -> taken.add(destination(m)));
    var mounts = new ArrayList<Mount>();
    for (Mount each : KernelMounts.of(in.privileged(), in.host().unifiedCgroups())) {
      if (!taken.contains(Path.of(each.destination()))) {
        mounts.add(each);
      }
    }
    mounts.addAll(podFiles(in, taken));
    String propagation = "";
    for (var each : wanted) {
      mounts.add(bind(each, in, shared));
      propagation = stronger(propagation, each.getPropagation());
    }
    return new ContainerMounts(mounts, propagation);
  }

  private static List<Mount> podFiles(ContainerInputs in, Set<Path> taken) {
    String mode = in.security().getReadonlyRootfs() ? "ro" : "rw";
    var mounts = new ArrayList<Mount>();
    add(mounts, taken, "/etc/hosts", in.files().hosts(), "rbind", "rprivate", mode);
    add(mounts, taken, "/etc/hostname", in.files().hostname(), "rbind", "rprivate", mode);
    add(mounts, taken, "/etc/resolv.conf", in.files().resolvConf(), "rbind", "rprivate", mode);
    add(
        mounts,
        taken,
        "/dev/shm",
        in.files().shm(),
        "rbind",
        "rprivate",
        "nosuid",
        "nodev",
        "noexec",
        "rw");
    return mounts;
  }

  private static void add(
      List<Mount> mounts, Set<Path> taken, String destination, Path source, String... options) {
    if (!taken.contains(Path.of(destination))) {
      mounts.add(Mount.of(destination, "bind", source.toString(), options));
    }
  }

  private static Mount bind(
      org.jcontainerd.api.cri.v1.Mount mount, ContainerInputs in, Predicate<Path> shared) {
    Path source = source(mount, in);
    var options = new ArrayList<String>();
    options.add("rbind");
    options.add(
        switch (mount.getPropagation()) {
          case PROPAGATION_PRIVATE, UNRECOGNIZED -> "rprivate";
          case PROPAGATION_HOST_TO_CONTAINER -> "rslave";
          case PROPAGATION_BIDIRECTIONAL -> "rshared";
        });
    if (mount.getPropagation() == MountPropagation.PROPAGATION_BIDIRECTIONAL
        && !shared.test(source)) {
      throw new DaemonFailure.FailedPrecondition(
          "mount '"
              + source
              + "': is not on a shared mount, which bidirectional propagation needs");
    }
    options.add(readOnlyOption(mount));
    for (String each : mount.getMountOptionsList()) {
      if (!Set.of("noexec", "nodev", "nosuid").contains(each)) {
        throw new DaemonFailure.InvalidArgument(
            "mount '" + mount.getContainerPath() + "': option '" + each + "' is not allowed");
      }
      options.add(each);
    }
    return Mount.builder()
        .destination(destination(mount).toString())
        .type("bind")
        .source(source.toString())
        .options(options)
        .build();
  }

  /** CRI: recursive read-only needs read-only and private, and is never weakened silently. */
  private static String readOnlyOption(org.jcontainerd.api.cri.v1.Mount mount) {
    if (!mount.getRecursiveReadOnly()) {
      return mount.getReadonly() ? "ro" : "rw";
    }
    if (!mount.getReadonly() || mount.getPropagation() != MountPropagation.PROPAGATION_PRIVATE) {
      throw new DaemonFailure.InvalidArgument(
          "mount '"
              + mount.getContainerPath()
              + "': recursive_read_only needs readonly and private propagation");
    }
    return "rro";
  }

  /** The host path with links resolved: the mount itself must not follow any. */
  private static Path source(org.jcontainerd.api.cri.v1.Mount mount, ContainerInputs in) {
    if (mount.hasImage() && !mount.getImage().getImage().isEmpty()) {
      return in.imageVolume(mount);
    }
    if (mount.getUidMappingsCount() > 0 || mount.getGidMappingsCount() > 0) {
      throw new DaemonFailure.Unimplemented(
          "mount '" + mount.getContainerPath() + "': id-mapped mounts are not built yet");
    }
    Path path = Path.of(mount.getHostPath());
    if (!path.isAbsolute()) {
      throw new DaemonFailure.InvalidArgument("mount '" + path + "': host path is not absolute");
    }
    try {
      return path.toRealPath();
    } catch (NoSuchFileException e) {
      throw new DaemonFailure.InvalidArgument("mount '" + path + "': host path does not exist", e);
    } catch (IOException e) {
      throw new DaemonFailure.InvalidArgument("mount '" + path + "'", e);
    }
  }

  private static Path destination(org.jcontainerd.api.cri.v1.Mount mount) {
    Path path = Path.of(mount.getContainerPath());
    if (!path.isAbsolute() || path.normalize().getNameCount() == 0) {
      throw new DaemonFailure.InvalidArgument(
          "mount '" + path + "': container path is not an absolute path below '/'");
    }
    return path.normalize();
  }

  private static String stronger(String current, MountPropagation propagation) {
    return switch (propagation) {
      case PROPAGATION_PRIVATE, UNRECOGNIZED -> current;
      case PROPAGATION_HOST_TO_CONTAINER -> current.equals("rshared") ? current : "rslave";
      case PROPAGATION_BIDIRECTIONAL -> "rshared";
    };
  }
}
