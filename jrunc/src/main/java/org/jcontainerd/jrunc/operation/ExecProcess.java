package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.ContainerStatus;
import org.jcontainerd.jrunc.ExecRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.jrunc.cgroup.ContainerCgroup;
import org.jcontainerd.jrunc.compile.CompiledPlan;
import org.jcontainerd.jrunc.compile.ExecCompiler;
import org.jcontainerd.jrunc.compile.ExecInput;
import org.jcontainerd.jrunc.compile.IdMapWay;
import org.jcontainerd.jrunc.compile.Namespaces;
import org.jcontainerd.jrunc.keeper.KeeperClient;
import org.jcontainerd.jrunc.launch.HelperMessage;
import org.jcontainerd.jrunc.launch.Launch;
import org.jcontainerd.jrunc.launch.LaunchListener;
import org.jcontainerd.jrunc.launch.ProcessIdentity;
import org.jcontainerd.jrunc.launch.StepFailure;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.state.ContainerState;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.State;

/** Starts a further process in a container; returns when its program runs. */
public final class ExecProcess {
  private final RuntimeContext context;
  private final ExecRequest request;
  private final Undo undo = new Undo();

  public ExecProcess(RuntimeContext context, ExecRequest request) {
    this.context = context;
    this.request = request;
  }

  public StartedProcess run() throws RuncFailure {
    try {
      return exec();
    } catch (IOException e) {
      throw undo.after(LaunchFailure.of("exec in container '" + request.id() + "'", e));
    } catch (RuncFailure e) {
      throw undo.after(e);
    } catch (RuntimeException e) {
      throw undo.after(e);
    } catch (Error e) { // no memory, a class that does not fit
      throw undo.after(e);
    }
  }

  private StartedProcess exec() throws IOException, RuncFailure {
    RuntimeContext.Known container = context.find(request.id());
    ContainerState state = container.state();
    Optional<PidFd> init = ContainerProcess.open(state.pid(), state.startTicks());
    if (init.isEmpty()) {
      throw new RuncFailure.FailedPrecondition("cannot exec in a stopped container");
    }
    try (PidFd process = init.get()) {
      ContainerCgroup own = context.cgroup(state);
      checkPaused(own);
      ContainerCgroup cgroup = entered(own, state.pid());
      CompiledPlan plan = ExecCompiler.compile(input(container, cgroup));
      plan.warnings().forEach(context.warnings());
      context.stage("compiled the plan");
      Optional<Path> directory = keeperDirectory(state);
      try (OpenDescriptors descriptors = open(plan, process, cgroup, directory)) {
        return launch(plan, descriptors, container, cgroup);
      }
    }
  }

  private void checkPaused(ContainerCgroup own) throws LinuxException, RuncFailure {
    if (!request.ignorePaused() && own.isFrozen()) {
      throw new RuncFailure.FailedPrecondition(
          "cannot exec in a paused container (use --ignore-paused to override)");
    }
  }

  private ContainerCgroup entered(ContainerCgroup own, int init)
      throws IOException, RuncFailure.InvalidArgument {
    if (request.cgroups().isEmpty()) {
      return own.entered(init);
    }
    var chosen = new LinkedHashMap<>(own.directories());
    for (var entry : request.cgroups().entrySet()) {
      String controller = entry.getKey();
      if (controller.isEmpty()) {
        for (var directory : own.directories().entrySet()) {
          chosen.put(directory.getKey(), below(directory.getValue(), entry.getValue()));
        }
        continue;
      }
      String mount = context.layout().of(controller).map(h -> h.mountPoint().toString()).orElse("");
      Path directory = own.directories().get(mount);
      if (directory == null) {
        throw new RuncFailure.InvalidArgument(
            "--cgroup", "unknown controller '" + controller + "'");
      }
      chosen.put(mount, below(directory, entry.getValue()));
    }
    return new ContainerCgroup(context.layout(), chosen);
  }

  private static Path below(Path cgroup, String relative) throws RuncFailure.InvalidArgument {
    Path path = cgroup.resolve(relative.replaceFirst("^/+", "")).normalize();
    if (!path.startsWith(cgroup)) {
      throw new RuncFailure.InvalidArgument("--cgroup", path + " is not a sub cgroup path");
    }
    return path;
  }

  private ExecInput input(RuntimeContext.Known container, ContainerCgroup cgroup)
      throws IOException, RuncFailure {
    ContainerState state = container.state();
    Linux linux = container.spec().linux().orElseGet(() -> Linux.builder().build());
    Namespaces namespaces = Namespaces.of(linux.namespaces());
    Path root = Path.of("/proc", Integer.toString(state.pid()), "root");
    Map<String, String> directories = CreateContainer.strings(cgroup.directories());
    return new ExecInput(
        request.process(),
        namespaces,
        IdMapWay.of(linux, namespaces, context.host()).allowsGroups(),
        namespaces.has(Namespace.MOUNT) ? Optional.empty() : Optional.of(state.rootfs()),
        context.host(),
        context.filter(linux),
        directories,
        HomeDirectory.of(request.process(), root),
        StreamKinds.of(request.stdio()),
        request.keeperId().isPresent(),
        true,
        request.preserved().size());
  }

  private Optional<Path> keeperDirectory(ContainerState state) throws IOException {
    if (request.keeperId().isEmpty()) {
      return Optional.empty();
    }
    Path all = Path.of(state.bundle()).resolve("exec");
    if (!Files.isDirectory(all)) { // asked first: to try and to fail costs an exception each time
      Files.createDirectories(all);
    }
    Path directory = all.resolve(request.keeperId().get());
    if (!directory.normalize().equals(directory) || !all.equals(directory.getParent())) {
      throw new IOException("exec id '" + request.keeperId().get() + "' is no file name");
    }
    ProcessDirectory.create(directory, undo);
    return Optional.of(directory);
  }

  private OpenDescriptors open(
      CompiledPlan plan, PidFd process, ContainerCgroup cgroup, Optional<Path> directory)
      throws IOException {
    return OpenDescriptors.open(
        plan,
        new OpenDescriptors.Providers(
            request.stdio(),
            request.preserved(),
            cgroup,
            context.launcher(),
            Optional.of(process.fd()),
            directory,
            Optional.empty()));
  }

  private StartedProcess launch(
      CompiledPlan plan,
      OpenDescriptors descriptors,
      RuntimeContext.Known container,
      ContainerCgroup cgroup)
      throws IOException {
    ContainerState state = container.state();
    Launch launch =
        context.launch(
            plan.plan(),
            descriptors.bySlot(),
            pid -> context.driver(state).admit(context.cgroup(state), cgroup, pid));
    undo.push(launch::close);
    if (request.keeperId().isPresent() && request.stdio() instanceof Stdio.KeeperPipes) {
      launch.askAhead(); // of a terminal they are complete only when it runs
    }
    ProcessIdentity process =
        launch.await(
            new LaunchListener() {
              @Override
              public void warned(StepFailure failure) {
                context.warnings().accept(failure.message());
              }

              @Override
              public void seccompListener(ProcessIdentity process, Fd fd) throws IOException {
                SeccompAgent.send(container.spec(), state(container), process.pid(), fd);
              }

              @Override
              public void done(HelperMessage.Done done) {
                context.trace().ifPresent(trace -> trace.step(done));
              }
            });
    undo.commit();
    Optional<KeeperClient> keeper = Optional.empty();
    if (request.keeperId().isPresent()) {
      keeper = Optional.of(KeeperClient.of(launch));
    } else {
      launch.close();
    }
    return new StartedProcess(process.pid(), process.startTicks(), keeper);
  }

  private static State state(RuntimeContext.Known container) throws IOException {
    return new State(
        container.spec().ociVersion(),
        container.state().id(),
        ContainerStatus.RUNNING.word(),
        container.state().pid(),
        container.state().bundle(),
        container.spec().annotations());
  }
}
