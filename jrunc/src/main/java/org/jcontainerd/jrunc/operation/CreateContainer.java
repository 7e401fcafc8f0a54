package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jcontainerd.jrunc.CreateRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.jrunc.cgroup.CgroupDriver;
import org.jcontainerd.jrunc.cgroup.CgroupOwner;
import org.jcontainerd.jrunc.cgroup.ContainerCgroup;
import org.jcontainerd.jrunc.compile.CompiledPlan;
import org.jcontainerd.jrunc.compile.CreateCompiler;
import org.jcontainerd.jrunc.compile.CreateInput;
import org.jcontainerd.jrunc.compile.Namespaces;
import org.jcontainerd.jrunc.keeper.KeeperClient;
import org.jcontainerd.jrunc.launch.Launch;
import org.jcontainerd.jrunc.launch.ProcessIdentity;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.resctrl.ResctrlGroup;
import org.jcontainerd.jrunc.state.ContainerFiles;
import org.jcontainerd.jrunc.state.ContainerState;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.mount.MountInfo;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.IntelRdt;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Spec;

/**
 * Makes a container whose process waits before its program. Whatever fails, nothing is left: each
 * step says how it is undone.
 */
public final class CreateContainer {
  private final RuntimeContext context;
  private final CreateRequest request;
  private final Undo undo = new Undo();
  private CgroupDriver.Opening opening = () -> {};

  public CreateContainer(RuntimeContext context, CreateRequest request) {
    this.context = context;
    this.request = request;
  }

  /** Runs the operation. */
  public StartedProcess run() throws RuncFailure {
    String what = "create container '" + request.id() + "'";
    try {
      return create();
    } catch (IOException e) {
      throw undo.after(LaunchFailure.of(what, e));
    } catch (RuncFailure e) {
      throw undo.after(e);
    } catch (RuntimeException e) {
      throw undo.after(e);
    } catch (Error e) { // no memory, a class that does not fit
      throw undo.after(e);
    }
  }

  /** How what has been made so far is undone, for an operation that goes on from here. */
  Undo undo() {
    return undo;
  }

  /** The configuration, of the request or of the bundle. */
  Spec spec() throws IOException, RuncFailure {
    return parse(config());
  }

  /** Only compiles: nothing is made. */
  CompiledPlan plan() throws IOException, RuncFailure {
    Spec spec = spec();
    return CreateCompiler.compile(input(spec, rootfs(spec), placeCgroup(spec)));
  }

  private StartedProcess create() throws IOException, RuncFailure {
    ContainerFiles files = context.files(request.id());
    byte[] config = config();
    Spec spec = parse(config);
    Path rootfs = rootfs(spec);
    files.create();
    undo.push(files::delete);
    if (request.options().notifySocket()) {
      files.makeNotifyDirectory();
    }
    context.stage("made the state directory");
    ContainerCgroup cgroup = makeCgroup(spec);
    context.stage("made the cgroup and set its limits");
    CompiledPlan plan = CreateCompiler.compile(input(spec, rootfs, cgroup));
    Optional<ResctrlGroup> resctrl = makeResctrl(spec);
    plan.warnings().forEach(context.warnings());
    context.stage("compiled the plan");
    // A disk that is full is found before there is a process, which only its helper could end.
    files.writeSpec(config);
    Optional<Path> directory = keeperDirectory();
    try (HeldFd fifo = request.keeper() ? HeldFd.none() : HeldFd.of(files.createFifo());
        OpenDescriptors descriptors = open(plan, cgroup, directory, fifo.fd())) {
      Launch launch =
          context.launch(
              plan.plan(),
              descriptors.bySlot(),
              pid -> context.driver().admit(cgroup, cgroup, pid));
      undo.push(launch::close);
      var listener = new CreateListener(context, request, spec);
      ProcessIdentity process = LaunchFailure.await(launch, listener);
      undo.push(() -> ContainerProcess.end(process.pid(), process.startTicks()));
      enteredCgroup();
      if (resctrl.isPresent()) {
        resctrl.get().enter(process.pid());
      }
      ContainerState state = state(spec, rootfs, cgroup, process);
      if (request.keeper()) {
        files.markWaiting();
      }
      files.writeState(state);
      context.remember(state, spec);
      undo.commit();
      context.stage("wrote the state");
      if (request.keeper()) {
        return started(process, Optional.of(KeeperClient.of(launch)));
      }
      launch.close();
      return started(process, Optional.empty());
    }
  }

  private static StartedProcess started(ProcessIdentity process, Optional<KeeperClient> keeper) {
    return new StartedProcess(process.pid(), process.startTicks(), keeper);
  }

  private byte[] config() throws IOException, RuncFailure {
    return request.spec().isPresent() ? OciJson.write(request.spec().get()) : readConfig();
  }

  private byte[] readConfig() throws IOException, RuncFailure {
    Path file = request.bundle().resolve("config.json");
    try {
      return ConfigText.read(file);
    } catch (NoSuchFileException e) {
      throw new RuncFailure.InvalidArgument(
          "bundle", "JSON specification file '" + file + "' not found", e);
    }
  }

  private Spec parse(byte[] config) throws RuncFailure.InvalidArgument {
    try {
      ConfigText.check(config);
      return request.spec().isPresent() ? request.spec().get() : OciJson.read(config, Spec.class);
    } catch (JsonException e) {
      throw new RuncFailure.InvalidArgument("config.json", String.valueOf(e.getMessage()), e);
    }
  }

  Path rootfs(Spec spec) throws RuncFailure.InvalidArgument {
    if (spec.root().isEmpty()) {
      throw new RuncFailure.InvalidArgument("root", "must be specified");
    }
    Path path = request.bundle().resolve(spec.root().get().path());
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new RuncFailure.InvalidArgument("root.path", "rootfs '" + path + "' does not exist", e);
    }
  }

  private ContainerCgroup placeCgroup(Spec spec) throws IOException, RuncFailure {
    return context.driver().place(spec, request.id());
  }

  ContainerCgroup makeCgroup(Spec spec) throws IOException, RuncFailure {
    ContainerCgroup cgroup = placeCgroup(spec);
    Linux linux = spec.linux().orElseGet(() -> Linux.builder().build());
    Resources resources = linux.resources().orElseGet(() -> Resources.builder().build());
    List<Integer> there = cgroup.pids();
    if (!there.isEmpty()) {
      throw new RuncFailure.FailedPrecondition(
          "container's cgroup is not empty: " + there.size() + " process(es) found");
    }
    undo.push(cgroup::delete);
    undo.push(() -> context.driver().remove(cgroup));
    Optional<CgroupDriver.Opening> made =
        CgroupAccess.make(context.driver(), cgroup, spec, request.id(), context.host().caller());
    if (made.isEmpty()) {
      return new ContainerCgroup(context.layout(), Map.of());
    }
    opening = made.get();
    undo.push(opening::close);
    // It was empty: all in it is of this operation, also a process that nobody knows of yet.
    undo.push(() -> cgroup.signalAll(Signal.SIGKILL));
    if (cgroup.isFrozen()) {
      throw new RuncFailure.FailedPrecondition("container's cgroup unexpectedly frozen");
    }
    cgroup.apply(resources, true, context.warnings());
    OptionalInt owner =
        context.layout().mode() == CgroupLayout.Mode.UNIFIED
            ? CgroupOwner.of(spec)
            : OptionalInt.empty();
    if (owner.isPresent()) {
      cgroup.own(owner.getAsInt());
    }
    return cgroup;
  }

  /** Tells the driver that a process is in the cgroup, which needs nothing else to keep it. */
  void enteredCgroup() throws IOException {
    opening.close();
  }

  private Optional<ResctrlGroup> makeResctrl(Spec spec) throws IOException, RuncFailure {
    Optional<IntelRdt> wanted = spec.linux().flatMap(Linux::intelRdt);
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    ResctrlGroup group = ResctrlGroup.of(wanted.get(), request.id());
    group.create();
    undo.push(group::delete);
    return Optional.of(group);
  }

  private CreateInput input(Spec spec, Path rootfs, ContainerCgroup cgroup)
      throws IOException, RuncFailure {
    Linux linux = spec.linux().orElseGet(() -> Linux.builder().build());
    Map<String, String> directories = strings(cgroup.directories());
    return new CreateInput(
        request.id(),
        spec,
        request.bundle(),
        rootfs,
        linux.rootfsPropagation().endsWith("shared") ? mountOf(rootfs) : rootfs,
        context.host(),
        context.filter(linux),
        directories,
        spec.process().isPresent()
            ? HomeDirectory.of(spec.process().get(), rootfs)
            : Optional.empty(),
        StreamKinds.of(request.stdio()),
        request.keeper(),
        request.preserved().size(),
        request.options().noPivot(),
        request.options().noNewKeyring());
  }

  static Map<String, String> strings(Map<String, Path> directories) {
    var strings = new LinkedHashMap<String, String>();
    directories.forEach((mountPoint, path) -> strings.put(mountPoint, path.toString()));
    return strings;
  }

  /** The mount point that a directory is on: the longest of those that lead to it. */
  private static Path mountOf(Path directory) throws IOException {
    Path best = Path.of("/");
    for (MountInfo mount : MountInfo.read()) {
      Path point = Path.of(mount.mountPoint());
      if (directory.startsWith(point) && point.getNameCount() >= best.getNameCount()) {
        best = point;
      }
    }
    return best;
  }

  private Optional<Path> keeperDirectory() throws IOException {
    if (!request.keeper()) {
      return Optional.empty();
    }
    Path directory = request.bundle().resolve("init");
    ProcessDirectory.create(directory, undo);
    return Optional.of(directory);
  }

  private OpenDescriptors open(
      CompiledPlan plan, ContainerCgroup cgroup, Optional<Path> directory, Optional<Fd> fifo)
      throws IOException {
    return OpenDescriptors.open(
        plan,
        new OpenDescriptors.Providers(
            request.stdio(),
            request.preserved(),
            cgroup,
            context.launcher(),
            Optional.empty(),
            directory,
            fifo));
  }

  ContainerState state(Spec spec, Path rootfs, ContainerCgroup cgroup, ProcessIdentity process)
      throws IOException, RuncFailure {
    Linux linux = spec.linux().orElseGet(() -> Linux.builder().build());
    return new ContainerState(
        ContainerState.VERSION,
        request.id(),
        request.bundle().toString(),
        rootfs.toString(),
        process.pid(),
        process.startTicks(),
        request.keeper(),
        Instant.now(),
        strings(cgroup.directories()),
        context.host().caller().uid(),
        context.driver().name(),
        spec.annotations(),
        Namespaces.of(linux.namespaces()).has(Namespace.PID),
        spec.hooks().isPresent(),
        linux.intelRdt().isPresent());
  }
}
