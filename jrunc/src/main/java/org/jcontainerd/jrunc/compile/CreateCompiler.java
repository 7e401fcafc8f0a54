package org.jcontainerd.jrunc.compile;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.KeeperStep;
import org.jcontainerd.jrunc.plan.MountAttribute;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.Propagation;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.jrunc.plan.Slot;
import org.jcontainerd.oci.runtime.Hooks;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Spec;

/**
 * Compiles the plan of a container's init process. Pure: the same input gives the same plan. The
 * order of the steps is that of runc, which engines have come to rely on.
 */
public final class CreateCompiler {
  /** Tags of the points where the process waits for hooks. */
  public static final String CREATE_RUNTIME = "createRuntime";

  public static final String CREATE_CONTAINER = "createContainer";

  private final CreateInput input;
  private final Spec spec;
  private final Linux linux;
  private final Namespaces namespaces;
  private final StepList steps = new StepList();
  private final ProcessSteps process;
  private final MountSteps mounts;
  private final DeviceSteps devices;

  private CreateCompiler(CreateInput input) throws RuncFailure {
    this.input = input;
    this.spec = input.spec();
    this.linux = input.linux();
    this.namespaces = input.namespaces();
    boolean user = namespaces.has(Namespace.USER);
    this.process =
        new ProcessSteps(
            steps, input.process(), input.host(), user, input.streams(), input.preserved());
    this.mounts = new MountSteps(steps, input);
    this.devices = new DeviceSteps(steps, linux.devices(), user);
  }

  /**
   * Compiles.
   *
   * @throws RuncFailure.InvalidArgument if the configuration is wrong
   * @throws RuncFailure.NotSupported if it asks for what this runtime or host does not have
   */
  public static CompiledPlan compile(CreateInput input) throws RuncFailure {
    SpecCheck.check(input);
    return new CreateCompiler(input).compile();
  }

  private CompiledPlan compile() throws RuncFailure {
    process.beginHelper(input.keeper());
    helper();
    afterClone();
    enterNamespaces();
    if (!input.noNewKeyring()) {
      steps.add(new ProcessStep.Keyring("_ses." + input.id()));
    }
    if (namespaces.creates(Namespace.NETWORK)) {
      steps.add(new ProcessStep.LoopbackUp());
    }
    buildRoot();
    names();
    Sysctls.compile(steps, linux.sysctl(), spec, namespaces);
    for (String path : linux.readonlyPaths()) {
      steps.add(new RootStep.ReadOnly(ContainerDirectory.clean(path)));
    }
    for (String path : linux.maskedPaths()) {
      steps.add(new RootStep.Mask(ContainerDirectory.clean(path)));
    }
    finish();
    return steps.build();
  }

  /** What the helper does before the clone. */
  private void helper() throws RuncFailure {
    Optional<String> pid = namespaces.path(Namespace.PID);
    if (pid.isPresent() && namespaces.path(Namespace.USER).isEmpty()) {
      Slot slot = steps.needs("pid namespace", new DescriptorSource.NamespaceFile(pid.get()));
      steps.add(new EitherStep.Join(slot, Set.of(Namespace.PID)));
    }
    if (namespaces.has(Namespace.MOUNT)) {
      mounts.openSources(spec.mounts());
      if (makesDevices()) {
        devices.openSources();
      }
    }
    if (namespaces.creates(Namespace.TIME)) {
      steps.add(new EitherStep.Unshare(Set.of(Namespace.TIME)));
      if (!linux.timeOffsets().isEmpty()) {
        steps.add(new EitherStep.WriteProc("self/timens_offsets", timeOffsets()));
      }
    }
    Optional<Slot> cgroup =
        input.host().pureV2()
            ? Optional.of(steps.needs("cgroup", new DescriptorSource.CgroupDirectory()))
            : Optional.empty();
    steps.add(new ParentStep.Clone(cloned(), cgroup));
  }

  private String timeOffsets() throws RuncFailure.InvalidArgument {
    var lines = new ArrayList<String>();
    for (var offset : linux.timeOffsets().entrySet()) {
      if (!offset.getKey().equals("monotonic") && !offset.getKey().equals("boottime")) {
        throw new RuncFailure.InvalidArgument(
            "linux.timeOffsets", "unknown clock '" + offset.getKey() + "'");
      }
      lines.add(
          "%s %d %d\n"
              .formatted(offset.getKey(), offset.getValue().secs(), offset.getValue().nanosecs()));
    }
    return String.join("", lines);
  }

  /** If a user namespace is joined, the others must be made inside it, by the process itself. */
  private Set<Namespace> cloned() {
    var cloned = EnumSet.noneOf(Namespace.class);
    if (namespaces.path(Namespace.USER).isEmpty()) {
      cloned.addAll(namespaces.created());
      cloned.remove(Namespace.CGROUP);
      cloned.remove(Namespace.TIME);
    }
    return cloned;
  }

  private void afterClone() throws RuncFailure {
    if (namespaces.creates(Namespace.USER)) {
      steps.add(
          new KeeperStep.IdMaps(
              IdMapPlan.lines(linux.uidMappings()), IdMapPlan.lines(linux.gidMappings()), false));
    }
    if (input.keeper()) {
      steps.add(
          new KeeperStep.Keep(steps.needs("directory", new DescriptorSource.KeeperDirectory())));
    } else {
      steps.add(new KeeperStep.Detach());
    }
    process.limits();
    CgroupEntry.compile(steps, input.host(), input.cgroupDirectories());
    steps.add(new ProcessStep.Await());
  }

  /** Joins before it makes; the mount namespace last, because paths change with it. */
  private void enterNamespaces() {
    join(Namespace.USER);
    if (namespaces.has(Namespace.USER)) {
      // Root of the user namespace: the owner of what is made in the root from here on.
      steps.add(new ProcessStep.Identity(0, 0, false, List.of()));
    }
    for (Namespace type :
        List.of(Namespace.IPC, Namespace.UTS, Namespace.NETWORK, Namespace.TIME)) {
      join(type);
    }
    join(Namespace.CGROUP);
    var late = EnumSet.noneOf(Namespace.class);
    if (namespaces.path(Namespace.USER).isPresent()) {
      join(Namespace.PID);
      late.addAll(namespaces.created());
      late.remove(Namespace.TIME);
    } else if (namespaces.creates(Namespace.CGROUP)) {
      late.add(Namespace.CGROUP);
    }
    join(Namespace.MOUNT);
    if (!late.isEmpty()) {
      steps.add(new EitherStep.Unshare(late));
    }
    if (namespaces.path(Namespace.USER).isPresent() && namespaces.has(Namespace.PID)) {
      steps.add(new ProcessStep.Fork());
    }
    steps.add(new EitherStep.Session());
  }

  private void join(Namespace type) {
    Optional<String> path = namespaces.path(type);
    boolean byHelper = type == Namespace.PID && namespaces.path(Namespace.USER).isEmpty();
    if (path.isPresent() && !byHelper) {
      String name = type.name().toLowerCase(java.util.Locale.ROOT) + " namespace";
      Slot slot = steps.needs(name, new DescriptorSource.NamespaceFile(path.get()));
      steps.add(new EitherStep.Join(slot, Set.of(type)));
    }
  }

  private boolean makesDevices() {
    return !MountSteps.isDevBound(spec.mounts());
  }

  private void buildRoot() throws RuncFailure {
    if (!namespaces.has(Namespace.MOUNT)) {
      hooks();
      steps.add(new RootStep.Chroot(input.rootfs().toString()));
      return;
    }
    if (namespaces.creates(Namespace.MOUNT)) {
      rootPropagation();
    }
    steps.add(new RootStep.Root(input.rootfs().toString(), true));
    mounts.mountAll(spec.mounts());
    if (makesDevices()) {
      devices.makeAll(input.host().kcore());
    }
    hooks();
    changeRoot();
    steps.add(new RootStep.Mkdir(input.process().cwd(), 0755));
    process.terminal(true);
    closeRoot();
  }

  /** config-linux.md, "Rootfs Mount Propagation"; the default keeps host mounts coming in. */
  private void rootPropagation() throws RuncFailure.InvalidArgument {
    Propagation propagation =
        switch (linux.rootfsPropagation()) {
          case "", "slave", "rslave" -> Propagation.SLAVE;
          case "private", "rprivate" -> Propagation.PRIVATE;
          case "shared", "rshared" -> Propagation.SHARED;
          case "unbindable", "runbindable" -> Propagation.UNBINDABLE;
          default ->
              throw new RuncFailure.InvalidArgument(
                  "linux.rootfsPropagation", "unknown value '" + linux.rootfsPropagation() + "'");
        };
    boolean all = linux.rootfsPropagation().isEmpty() || linux.rootfsPropagation().startsWith("r");
    // An unbindable root could not be bound to itself; it becomes unbindable at the end.
    boolean now = propagation != Propagation.UNBINDABLE;
    steps.add(new RootStep.Propagate("/", now ? propagation : Propagation.PRIVATE, all));
    if (propagation == Propagation.SHARED) {
      // pivot_root(2) refuses a root whose parent mount is shared.
      steps.add(new RootStep.Propagate(input.rootParent().toString(), Propagation.PRIVATE, false));
    }
  }

  private void hooks() {
    Hooks hooks = spec.hooks().orElseGet(() -> Hooks.builder().build());
    if (!hooks.prestart().isEmpty() || !hooks.createRuntime().isEmpty()) {
      steps.add(new ProcessStep.Sync(CREATE_RUNTIME));
    }
    if (!hooks.createContainer().isEmpty()) {
      steps.add(new ProcessStep.Sync(CREATE_CONTAINER));
    }
  }

  private void changeRoot() {
    if (namespaces.creates(Namespace.MOUNT)) {
      steps.add(input.noPivot() ? new RootStep.MoveRoot() : new RootStep.Pivot());
    } else {
      steps.add(new RootStep.Chroot(input.rootfs().toString()));
    }
  }

  /** What could not be closed while the root was built. */
  private void closeRoot() throws RuncFailure.InvalidArgument {
    List<Mount> all = spec.mounts();
    if (MountSteps.isDevReadOnly(all)) {
      steps.add(new RootStep.SetAttributes("/dev", false, Set.of(MountAttribute.RDONLY), Set.of()));
    }
    String propagation = linux.rootfsPropagation();
    if (propagation.endsWith("shared") || propagation.endsWith("unbindable")) {
      steps.add(
          new RootStep.Propagate(
              "/",
              propagation.endsWith("shared") ? Propagation.SHARED : Propagation.UNBINDABLE,
              propagation.startsWith("r")));
    }
    if (spec.root().orElseThrow().readonly()) {
      steps.add(new RootStep.SetAttributes("/", false, Set.of(MountAttribute.RDONLY), Set.of()));
    }
  }

  private void names() {
    if (!spec.hostname().isEmpty()) {
      steps.add(new ProcessStep.Hostname(spec.hostname()));
    }
    if (!spec.domainname().isEmpty()) {
      steps.add(new ProcessStep.Domainname(spec.domainname()));
    }
  }

  private void finish() throws RuncFailure {
    if (linux.personality().isPresent()) {
      steps.add(Scheduling.personality(linux.personality().get()));
    }
    if (linux.memoryPolicy().isPresent()) {
      steps.add(Scheduling.memoryPolicy(linux.memoryPolicy().get()));
    }
    List<String> environment =
        Environment.of(input.process().env(), input.home(), input.preserved());
    ProcessStep wait =
        input.keeper()
            ? new ProcessStep.Ready()
            : new ProcessStep.WaitFifo(steps.needs("exec.fifo", new DescriptorSource.StartFifo()));
    process.finish(input.seccomp(), environment, Optional.of(wait));
  }
}
