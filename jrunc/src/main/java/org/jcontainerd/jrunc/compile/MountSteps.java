package org.jcontainerd.jrunc.compile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.MountAttribute;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.Propagation;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.jrunc.plan.Slot;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Mount;

/** Mounts of a configuration to steps. */
final class MountSteps {
  /** What engines may put over files of /proc; anything else there could hide or fake a process. */
  private static final Set<String> PROC_FILES =
      Set.of(
          "/proc/cpuinfo",
          "/proc/diskstats",
          "/proc/loadavg",
          "/proc/meminfo",
          "/proc/net/dev",
          "/proc/slabinfo",
          "/proc/stat",
          "/proc/swaps",
          "/proc/sys/crypto/fips_enabled",
          "/proc/sys/kernel/ns_last_pid",
          "/proc/uptime");

  private final StepList steps;
  private final Linux linux;
  private final Namespaces namespaces;
  private final Path bundle;
  private final HostFacts host;
  private final CgroupMounts cgroups;
  private final boolean labelled;

  /** A bind mount whose source was opened by the helper before the clone. */
  private record Opened(int index, Slot tree) {}

  private final List<Opened> opened = new ArrayList<>();

  MountSteps(StepList steps, CreateInput input) throws RuncFailure.InvalidArgument {
    this.steps = steps;
    this.linux = input.linux();
    this.namespaces = input.namespaces();
    this.bundle = input.bundle();
    this.host = input.host();
    this.cgroups =
        new CgroupMounts(
            steps, input.host(), namespaces.has(Namespace.CGROUP), input.cgroupDirectories());
    this.labelled = input.host().selinux() && !linux.mountLabel().isEmpty();
  }

  /**
   * Opens the sources of bind mounts in the helper if a user namespace could not reach them, or if
   * the mount maps ids. Goes before the clone.
   */
  void openSources(List<Mount> mounts) throws RuncFailure {
    for (int i = 0; i < mounts.size(); i++) {
      MountOptions options = MountOptions.parse(mounts.get(i).options());
      boolean mapped = isMapped(mounts.get(i), options);
      if (mapped && !options.bind()) {
        throw new RuncFailure.InvalidArgument(
            "mounts[" + i + "]", "id-mapped mounts are only supported for bind mounts");
      }
      if (mapped && !host.privileged()) {
        throw new RuncFailure.NotSupported(
            "mounts[" + i + "]", "id-mapped mounts need CAP_SYS_ADMIN on the host");
      }
      if (options.bind() && (mapped || namespaces.has(Namespace.USER) && host.privileged())) {
        Slot tree = steps.makes("tree of " + mounts.get(i).destination());
        steps.add(
            new ParentStep.OpenTree(
                source(mounts.get(i)),
                options.recursive(),
                Set.of(),
                Set.of(),
                mapped ? Optional.of(idMap("mounts[" + i + "]", mounts.get(i))) : Optional.empty(),
                options.idMapAll() || !options.idMap(),
                tree));
        opened.add(new Opened(i, tree));
      }
    }
  }

  private static boolean isMapped(Mount mount, MountOptions options) {
    return options.idMap() || !mount.uidMappings().isEmpty() || !mount.gidMappings().isEmpty();
  }

  private Slot idMap(String field, Mount mount) throws RuncFailure.InvalidArgument {
    List<IdMapping> uids = mount.uidMappings();
    List<IdMapping> gids = mount.gidMappings();
    if (uids.isEmpty() && gids.isEmpty()) {
      Optional<String> joined = namespaces.path(Namespace.USER);
      if (joined.isPresent()) {
        return steps.needs("id map", new DescriptorSource.NamespaceFile(joined.get()));
      }
      uids = linux.uidMappings();
      gids = linux.gidMappings();
    }
    if (uids.isEmpty() || gids.isEmpty()) {
      throw new RuncFailure.InvalidArgument(field, "id-mapped mount without both mappings");
    }
    return steps.needs("id map", new DescriptorSource.IdMapNamespace(uids, gids));
  }

  /** Adds the steps of all mounts, in their order. */
  void mountAll(List<Mount> mounts) throws RuncFailure {
    for (int i = 0; i < mounts.size(); i++) {
      mount(i, mounts.get(i));
    }
  }

  private void mount(int index, Mount mount) throws RuncFailure {
    String field = "mounts[" + index + "]";
    String destination = ContainerDirectory.clean(mount.destination());
    if (mount.destination().isEmpty()) {
      throw new RuncFailure.InvalidArgument(field + ".destination", "is empty");
    }
    MountOptions options = MountOptions.parse(mount.options());
    if (options.remount()) {
      throw new RuncFailure.NotSupported(field + ".options", "remount");
    }
    checkProc(field, destination, mount, options);
    if (options.bind()) {
      bind(field, index, destination, mount, options);
    } else if (mount.type().equals("cgroup") || mount.type().equals("cgroup2")) {
      cgroups.mount(destination, options, mount.type().equals("cgroup2"));
    } else {
      fileSystem(destination, mount, options);
    }
  }

  private void bind(String field, int index, String destination, Mount mount, MountOptions options)
      throws RuncFailure {
    List<String> data = options.data();
    if (!data.isEmpty()) {
      throw new RuncFailure.InvalidArgument(
          field + ".options", "bind mounts cannot have file system options: " + data);
    }
    Optional<Slot> tree =
        opened.stream().filter(o -> o.index() == index).map(Opened::tree).findFirst();
    RootStep.Source source =
        tree.isPresent()
            ? new RootStep.Source.Tree(tree.get())
            : new RootStep.Source.HostPath(source(mount));
    Propagation propagation = options.propagation();
    boolean everywhere = options.propagateAll();
    if (tree.isPresent() && propagation == Propagation.UNCHANGED) {
      // Opened in the host's mount namespace, the tree may be a peer of a shared mount of the host.
      propagation = Propagation.SLAVE;
      everywhere = true;
    }
    steps.add(
        new RootStep.Bind(
            source,
            destination,
            options.recursive(),
            options.set(),
            options.clear(),
            options.recursiveSet(),
            options.recursiveClear(),
            everywhere == options.recursive() ? propagation : Propagation.UNCHANGED));
    if (everywhere != options.recursive() && propagation != Propagation.UNCHANGED) {
      steps.add(new RootStep.Propagate(destination, propagation, everywhere));
    }
  }

  private void fileSystem(String destination, Mount mount, MountOptions options) {
    var data = new ArrayList<>(options.data());
    if (labelled
        && !mount.type().equals("mqueue")
        && !mount.type().equals("proc")
        && !mount.type().equals("sysfs")) {
      data.add("context=" + linux.mountLabel());
    }
    boolean filledLater = destination.equals("/dev") && mount.type().equals("tmpfs");
    MountOptions now = filledLater ? options.writable() : options;
    var attributes = EnumSet.noneOf(MountAttribute.class);
    attributes.addAll(now.set());
    steps.add(
        new RootStep.Mount(
            mount.type(),
            mount.source(),
            destination,
            attributes,
            data,
            options.propagation(),
            options.copyUp()));
  }

  /** Whether /dev is a read-only tmpfs that is closed after the nodes were made. */
  static boolean isDevReadOnly(List<Mount> mounts) {
    return mounts.stream()
        .filter(mount -> ContainerDirectory.clean(mount.destination()).equals("/dev"))
        .map(mount -> MountOptions.parse(mount.options()))
        .anyMatch(options -> !options.bind() && options.readOnly());
  }

  /** Whether the configuration brings its own /dev, which is then taken as it is. */
  static boolean isDevBound(List<Mount> mounts) {
    return mounts.stream()
        .filter(mount -> ContainerDirectory.clean(mount.destination()).equals("/dev"))
        .anyMatch(mount -> MountOptions.parse(mount.options()).bind());
  }

  private String source(Mount mount) {
    return bundle.resolve(mount.source()).normalize().toString();
  }

  /** CVE-2019-16884, CVE-2023-28642: nothing but a procfs may be what looks like /proc. */
  private void checkProc(String field, String destination, Mount mount, MountOptions options)
      throws RuncFailure.InvalidArgument {
    if (!ContainerDirectory.isWithin("/proc", destination) || PROC_FILES.contains(destination)) {
      return;
    }
    boolean procfs =
        options.bind()
            ? ContainerDirectory.isWithin("/proc", source(mount))
            : mount.type().equals("proc");
    // A tmpfs hides what is there and cannot fake it; our own writes go through another procfs
    // anyway.
    boolean hides = !options.bind() && mount.type().equals("tmpfs") && !destination.equals("/proc");
    if (!procfs && !hides) {
      throw new RuncFailure.InvalidArgument(
          field + ".destination",
          "'" + destination + "' cannot be mounted because it is inside /proc");
    }
  }
}
