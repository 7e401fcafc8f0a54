package org.jcontainerd.jrunc.compile;

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

  /** Tag of the point where the process waits for the maps of its user namespace. */
  public static final String ID_MAPS = "idMaps";

  /** Tag of the point where the process waits for interfaces of the host. */
  public static final String NET_DEVICES = "netDevices";

  private final CreateInput input;
  private final Spec spec;
  private final Linux linux;
  private final Namespaces namespaces;
  private final HostFacts host;
  private final IdMapWay idMaps;
  private final StepList steps = new StepList();
  private final Optional<Slot> openedRoot;
  private final NamespaceSteps entry;
  private final ProcessSteps process;
  private final MountSteps mounts;
  private final DeviceSteps devices;

  private CreateCompiler(CreateInput input) throws RuncFailure {
    this.input = input;
    this.spec = input.spec();
    this.linux = input.linux();
    this.namespaces = input.namespaces();
    this.host = input.host();
    this.idMaps = IdMapWay.of(linux, namespaces, host);
    this.entry = new NamespaceSteps(steps, namespaces, linux.timeOffsets());
    this.process =
        new ProcessSteps(
            steps,
            input.process(),
            host,
            ProcessSteps.Users.of(namespaces, idMaps),
            input.streams(),
            input.preserved());
    this.mounts = new MountSteps(steps, input);
    this.devices = new DeviceSteps(steps, linux.devices(), devicesFrom());
    this.openedRoot = opensRoot() ? Optional.of(steps.makes("root")) : Optional.empty();
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
    entry.enter();
    if (!input.noNewKeyring()) {
      steps.add(new ProcessStep.Keyring("_ses." + input.id()));
    }
    if (namespaces.creates(Namespace.NETWORK)) {
      steps.add(new ProcessStep.LoopbackUp());
    }
    if (!linux.netDevices().isEmpty()) {
      steps.add(new ProcessStep.Sync(NET_DEVICES));
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
    if (namespaces.has(Namespace.MOUNT) && linux.rootfsPropagation().endsWith("unbindable")) {
      propagateRoot(Propagation.UNBINDABLE); // last: paths are closed by binding them
    }
    finish();
    return steps.build();
  }

  /** What the helper does before the clone. */
  private void helper() throws RuncFailure {
    entry.joinPid();
    if (namespaces.has(Namespace.MOUNT)) {
      mounts.openSources(spec.mounts());
      if (makesDevices()) {
        devices.openSources();
      }
    }
    openedRoot.ifPresent(this::openRoot);
    entry.makeTime();
    Optional<Slot> cgroup =
        host.pureV2() && !input.cgroupDirectories().isEmpty()
            ? Optional.of(steps.needs("cgroup", new DescriptorSource.CgroupDirectory()))
            : Optional.empty();
    steps.add(new ParentStep.Clone(entry.cloned(), cgroup));
  }

  /** A user namespace may not reach the root's place, such as a state directory of mode 0700. */
  private boolean opensRoot() {
    return namespaces.has(Namespace.USER)
        && namespaces.creates(Namespace.MOUNT)
        && host.privileged();
  }

  private void openRoot(Slot slot) {
    steps.add(new ParentStep.BeginIn(input.rootfs().toString()));
    steps.add(new ParentStep.OpenTree(".", true, Set.of(), Set.of(), Optional.empty(), slot));
  }

  private DeviceSteps.Origin devicesFrom() {
    boolean foreign = namespaces.has(Namespace.USER) || host.caller().inUserNamespace();
    if (!foreign) {
      return DeviceSteps.Origin.MADE;
    }
    return host.privileged() ? DeviceSteps.Origin.OPENED : DeviceSteps.Origin.BOUND;
  }

  private void afterClone() throws RuncFailure {
    if (idMaps == IdMapWay.WRITTEN || idMaps == IdMapWay.OWN_ID) {
      steps.add(
          new KeeperStep.IdMaps(
              IdMapPlan.lines(linux.uidMappings()),
              IdMapPlan.lines(linux.gidMappings()),
              !idMaps.allowsGroups()));
    }
    if (input.keeper()) {
      steps.add(
          new KeeperStep.Keep(steps.needs("directory", new DescriptorSource.KeeperDirectory())));
    } else {
      steps.add(new KeeperStep.Detach());
    }
    process.limits();
    CgroupEntry.compile(steps, host, input.cgroupDirectories());
    process.scheduling();
    steps.add(new ProcessStep.Await());
    if (idMaps == IdMapWay.PROGRAMS) {
      steps.add(new ProcessStep.Sync(ID_MAPS));
    }
    process.hide();
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
    steps.add(new RootStep.Root(input.rootfs().toString(), true, openedRoot));
    mounts.mountAll(spec.mounts());
    if (makesDevices()) {
      devices.makeAll(host.kcore());
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
      openly(new ProcessStep.Sync(CREATE_CONTAINER));
    }
  }

  /** An ordinary user gets into the namespaces of a dumpable process alone (ptrace(2)). */
  private void openly(ProcessStep step) {
    if (!host.privileged()) {
      steps.add(new EitherStep.Dumpable(true));
      steps.add(step);
      steps.add(new EitherStep.Dumpable(false));
    } else {
      steps.add(step);
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
    if (linux.rootfsPropagation().endsWith("shared")) {
      propagateRoot(Propagation.SHARED);
    }
    if (spec.root().orElseThrow().readonly()) {
      steps.add(new RootStep.SetAttributes("/", false, Set.of(MountAttribute.RDONLY), Set.of()));
    }
  }

  private void propagateRoot(Propagation propagation) {
    boolean all = linux.rootfsPropagation().startsWith("r");
    steps.add(new RootStep.Propagate("/", propagation, all));
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
    boolean entered =
        !host.privileged() && spec.hooks().filter(h -> !h.startContainer().isEmpty()).isPresent();
    if (entered) {
      process.showWhileWaiting();
    }
    process.labels();
    process.finish(input.seccomp(), environment, Optional.of(wait));
  }
}
