package org.jcontainerd.jrunc.launch;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.KeeperStep;
import org.jcontainerd.jrunc.plan.MountAttribute;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.Plan;
import org.jcontainerd.jrunc.plan.PlanBuilder;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.Propagation;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.jrunc.plan.Slot;
import org.jcontainerd.jrunc.plan.Step;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.fs.Pipe;

/** A container as an engine would ask for it, with places for a test to add steps. */
public final class TestPlan {
  private final Path root;
  private final List<String> arguments;
  private final PlanBuilder builder = new PlanBuilder();
  private final Map<Slot, Fd> descriptors = new HashMap<>();
  private final List<Step> inRoot = new ArrayList<>();
  private final List<Step> inProcess = new ArrayList<>();
  private final Set<Namespace> namespaces =
      EnumSet.of(Namespace.MOUNT, Namespace.UTS, Namespace.IPC, Namespace.PID, Namespace.NETWORK);
  private Optional<Path> keeper = Optional.empty();
  private Optional<Step> wait = Optional.empty();
  private Optional<Slot> rootTree = Optional.empty();
  private Optional<Slot> output = Optional.empty();
  private Optional<String> program = Optional.empty();
  private final List<Step> afterDescriptors = new ArrayList<>();
  private final List<Step> inKeeper = new ArrayList<>();
  private final List<Step> inParent = new ArrayList<>();
  private final Map<Integer, Slot> preserved = new HashMap<>();
  private Step changeRoot = new RootStep.Pivot();
  private Optional<Slot> cgroup = Optional.empty();
  private boolean terminal;
  private boolean detach;

  private TestPlan(Path root, List<String> arguments) {
    this.root = root;
    this.arguments = arguments;
  }

  public static TestPlan of(Path root, String... arguments) {
    return new TestPlan(root, List.of(arguments));
  }

  @CanIgnoreReturnValue
  public TestPlan inRoot(Step step) {
    inRoot.add(step);
    return this;
  }

  @CanIgnoreReturnValue
  public TestPlan inProcess(Step step) {
    inProcess.add(step);
    return this;
  }

  @CanIgnoreReturnValue
  public TestPlan keeper(Path directory) {
    keeper = Optional.of(directory);
    return this;
  }

  @CanIgnoreReturnValue
  public TestPlan ready() {
    wait = Optional.of(new ProcessStep.Ready());
    return this;
  }

  @CanIgnoreReturnValue
  public TestPlan fifo(Path fifo) throws LinuxException {
    wait = Optional.of(new ProcessStep.WaitFifo(pass("exec fifo", HostFile.place(fifo))));
    return this;
  }

  @CanIgnoreReturnValue
  public TestPlan detach() {
    detach = true;
    return this;
  }

  @CanIgnoreReturnValue
  public TestPlan terminal() {
    terminal = true;
    return this;
  }

  @CanIgnoreReturnValue
  public TestPlan hostPids() {
    namespaces.remove(Namespace.PID);
    return this;
  }

  @CanIgnoreReturnValue
  public TestPlan user() {
    namespaces.add(Namespace.USER);
    return this;
  }

  /** Gives the process a pipe as stdout and stderr; the caller reads the other end. */
  @CanIgnoreReturnValue
  public TestPlan output(Pipe pipe) throws LinuxException {
    output = Optional.of(pass("output", pipe.writeEnd()));
    return this;
  }

  /** Leaves out the step that looks for the program. */
  @CanIgnoreReturnValue
  public TestPlan program(String path) {
    program = Optional.of(path);
    return this;
  }

  /** Adds a step of the helper after the clone. */
  @CanIgnoreReturnValue
  public TestPlan inKeeper(Step step) {
    inKeeper.add(step);
    return this;
  }

  /** Adds a step of the helper before the clone. */
  @CanIgnoreReturnValue
  public TestPlan inParent(Step step) {
    inParent.add(step);
    return this;
  }

  /** A further descriptor for the process. */
  @CanIgnoreReturnValue
  public TestPlan preserved(int number, Slot slot) {
    preserved.put(number, slot);
    return this;
  }

  /** Adds a step between the placing of descriptors and the exec. */
  @CanIgnoreReturnValue
  public TestPlan afterDescriptors(Step step) {
    afterDescriptors.add(step);
    return this;
  }

  /** Replaces the pivot. */
  @CanIgnoreReturnValue
  public TestPlan changeRoot(Step step) {
    changeRoot = step;
    return this;
  }

  /** Starts in a cgroup v2. */
  @CanIgnoreReturnValue
  public TestPlan cgroup(Slot slot) {
    cgroup = Optional.of(slot);
    return this;
  }

  public Slot made(String name) {
    return builder.madeSlot(name);
  }

  /** Takes over a descriptor for a slot. */
  public Slot pass(String name, Fd fd) {
    Slot slot = builder.passedSlot(name);
    descriptors.put(slot, fd);
    return slot;
  }

  public Plan build() throws LinuxException {
    builder.add(new EitherStep.Session()).add(new ParentStep.Subreaper());
    var stdin = builder.madeSlot("stdin");
    var stdout = builder.madeSlot("stdout");
    var stderr = builder.madeSlot("stderr");
    if (keeper.isPresent()) {
      if (!terminal) {
        builder.add(
            new ParentStep.Pipes(
                1 << 20, Optional.of(stdin), Optional.of(stdout), Optional.of(stderr)));
      }
      builder.add(new ParentStep.Spools(terminal ? 1 : 2));
    }
    if (namespaces.contains(Namespace.USER)) {
      Slot tree = builder.madeSlot("root tree");
      builder.add(new ParentStep.BeginIn(root.toString()));
      rootTree = Optional.of(tree);
      builder.add(
          new ParentStep.OpenTree(
              root.toString(), true, Set.of(), Set.of(), Optional.empty(), tree));
    }
    inParent.forEach(builder::add);
    builder.add(new ParentStep.Clone(namespaces, cgroup));
    if (namespaces.contains(Namespace.USER)) {
      builder.add(new KeeperStep.IdMaps("0 100000 65536\n", "0 100000 65536\n", false));
    }
    if (keeper.isPresent()) {
      builder.add(new KeeperStep.Keep(pass("keeper", HostFile.directory(keeper.get()))));
    }
    inKeeper.forEach(builder::add);
    if (detach) {
      builder.add(new KeeperStep.Detach());
    }
    builder.add(new ProcessStep.Await()).add(new EitherStep.Session());
    if (namespaces.contains(Namespace.USER)) {
      builder.add(new ProcessStep.Identity(0, 0, true, List.of()));
    }
    mounts();
    inRoot.forEach(builder::add);
    if (terminal) {
      builder.add(new RootStep.Terminal(24, 80, Optional.empty(), true));
    }
    builder.add(changeRoot);
    if (!namespaces.contains(Namespace.USER)) {
      builder.add(new RootStep.Mask("/proc/version"));
    }
    builder.add(new RootStep.Mask("/proc/fs")).add(new RootStep.Mask("/proc/irq"));
    builder.add(new RootStep.Mask("/proc/missing"));
    builder.add(new RootStep.ReadOnly("/proc/sys"));
    builder.add(new ProcessStep.Hostname("jrunc")).add(new ProcessStep.LoopbackUp());
    inProcess.forEach(builder::add);
    if (program.isEmpty()) {
      builder.add(new ProcessStep.FindProgram(arguments.getFirst(), "/bin"));
    }
    if (keeper.isPresent() && !terminal) {
      preserved.putAll(Map.of(0, stdin, 1, stdout, 2, stderr));
    }
    output.ifPresent(slot -> preserved.putAll(Map.of(1, slot, 2, slot)));
    if (!preserved.isEmpty()) {
      builder.add(new ProcessStep.Descriptors(preserved));
    }
    afterDescriptors.forEach(builder::add);
    wait.ifPresent(builder::add);
    return builder
        .add(
            new ProcessStep.Exec(program.orElse(""), arguments, List.of("PATH=/bin", "TERM=xterm")))
        .build();
  }

  private void mounts() {
    var safe = Set.of(MountAttribute.NOSUID, MountAttribute.NODEV, MountAttribute.NOEXEC);
    var devices = Set.of(MountAttribute.NOSUID, MountAttribute.NOEXEC);
    builder
        .add(new RootStep.Propagate("/", Propagation.SLAVE, true))
        .add(new RootStep.Root(root.toString(), true, rootTree))
        .add(RootStep.Mount.of("proc", "proc", "/proc", safe))
        .add(
            RootStep.Mount.of(
                "tmpfs", "tmpfs", "/dev", Set.of(MountAttribute.NOSUID), "mode=755", "size=65536k"))
        .add(
            RootStep.Mount.of(
                "devpts",
                "devpts",
                "/dev/pts",
                devices,
                "newinstance",
                "ptmxmode=0666",
                "mode=0620"))
        .add(RootStep.Mount.of("mqueue", "mqueue", "/dev/mqueue", safe))
        .add(RootStep.Mount.of("tmpfs", "shm", "/dev/shm", safe, "mode=1777"))
        .add(RootStep.Mount.of("sysfs", "sysfs", "/sys", safe, "ro"));
    if (namespaces.contains(Namespace.USER)) {
      builder.add(new RootStep.Symlink("pts/ptmx", "/dev/ptmx"));
      return; // host devices would need trees from the helper
    }
    for (String name : List.of("null", "zero", "full", "random", "urandom", "tty")) {
      builder.add(
          RootStep.Bind.of(new RootStep.Source.HostPath("/dev/" + name), "/dev/" + name, false));
    }
    builder.add(new RootStep.Symlink("pts/ptmx", "/dev/ptmx"));
  }

  public Map<Slot, Fd> descriptors() {
    return descriptors;
  }

  /** Launches and closes what was passed. */
  public Launch launch(Launcher launcher) throws IOException {
    try {
      return launcher.launch(build(), descriptors);
    } finally {
      descriptors.values().forEach(Fd::close);
    }
  }
}
