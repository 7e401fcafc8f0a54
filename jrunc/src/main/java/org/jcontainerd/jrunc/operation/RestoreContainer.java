package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jcontainerd.jrunc.ContainerStatus;
import org.jcontainerd.jrunc.RestoreRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.jrunc.cgroup.ContainerCgroup;
import org.jcontainerd.jrunc.checkpoint.CriuLog;
import org.jcontainerd.jrunc.checkpoint.CriuOption;
import org.jcontainerd.jrunc.checkpoint.CriuOptions;
import org.jcontainerd.jrunc.checkpoint.CriuProcess;
import org.jcontainerd.jrunc.checkpoint.CriuRequest;
import org.jcontainerd.jrunc.checkpoint.ExternalMounts;
import org.jcontainerd.jrunc.launch.ProcessIdentity;
import org.jcontainerd.jrunc.state.ContainerFiles;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.process.ProcessStat;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Hooks;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.Spec;

/**
 * Brings a saved container back with criu(8). Its process becomes a child of this one, and runs
 * when the operation returns. Whatever fails, nothing is left.
 */
public final class RestoreContainer {
  private static final String LOG = "restore.log";
  private static final int STREAMS = 3;

  /** criu's numbers: 0 to 2 are the streams, 3 is its socket. */
  private static final int FIRST_NAMESPACE = 4;

  private final RuntimeContext context;
  private final RestoreRequest request;
  private final CreateContainer creation;
  private final String id;
  private Optional<ProcessIdentity> restored = Optional.empty();

  public RestoreContainer(RuntimeContext context, RestoreRequest request) {
    this.context = context;
    this.request = request;
    this.creation = new CreateContainer(context, request.container());
    this.id = request.container().id();
  }

  public StartedProcess run() throws RuncFailure {
    try {
      return restore();
    } catch (IOException e) {
      throw creation.undo().after(new RuncFailure.Failed("restore container '" + id + "'", e));
    } catch (RuncFailure e) {
      throw creation.undo().after(e);
    } catch (RuntimeException e) {
      throw creation.undo().after(e);
    } catch (Error e) { // no memory, a class that does not fit
      throw creation.undo().after(e);
    }
  }

  private StartedProcess restore() throws IOException, RuncFailure {
    ContainerFiles files = context.files(id);
    Spec spec = creation.spec();
    Path rootfs = creation.rootfs(spec);
    List<String> streams = CriuDirectories.readDescriptors(request.criu());
    files.create();
    creation.undo().push(files::delete);
    ContainerCgroup cgroup = creation.makeCgroup(spec);
    ExternalMounts.makePoints(spec, request.container().bundle(), rootfs);
    Path root = files.bindRoot(rootfs);
    try (CriuDirectories directories = CriuDirectories.open(request.criu())) {
      CriuOptions options = directories.options(LOG);
      fill(options, spec, rootfs, root, cgroup);
      inherit(options, streams);
      work(options, new Target(files, spec, rootfs, cgroup));
      creation.enteredCgroup();
    } finally {
      files.unbindRoot();
    }
    ProcessIdentity process =
        restored.orElseThrow(() -> new IOException("criu has not said which process it restored"));
    creation.undo().commit();
    return new StartedProcess(process.pid(), process.startTicks(), Optional.empty());
  }

  /** What is restored, as it becomes known. */
  private record Target(ContainerFiles files, Spec spec, Path rootfs, ContainerCgroup cgroup) {}

  private void fill(CriuOptions options, Spec spec, Path rootfs, Path root, ContainerCgroup cgroup)
      throws IOException {
    options
        .text(CriuOption.ROOT, root.toString())
        .flag(CriuOption.RST_SIBLING, true)
        .flag(CriuOption.EVASIVE_DEVICES, true);
    if (!request.lsmProfile().isEmpty()) {
      options.text(CriuOption.LSM_PROFILE, request.lsmProfile());
    }
    if (!request.lsmMountContext().isEmpty()) {
      options.text(CriuOption.LSM_MOUNT_CONTEXT, request.lsmMountContext());
    }
    CriuNamespaces.config(spec, options);
    ExternalMounts.of(spec, request.container().bundle(), rootfs, cgroup.directories())
        .mapAll(options);
  }

  /** The pipes that the streams led to are now those that criu is started with. */
  private static void inherit(CriuOptions options, List<String> streams) {
    for (int number = 0; number < Math.min(STREAMS, streams.size()); number++) {
      if (streams.get(number).startsWith("pipe:")) {
        options.pair(CriuOption.INHERIT_FD, streams.get(number), number);
      }
    }
  }

  private void work(CriuOptions options, Target target) throws IOException, RuncFailure {
    List<Fd> namespaces = CriuNamespaces.inside(target.spec(), options, FIRST_NAMESPACE);
    try (Fd nothing = HostFile.readingAndWriting(Path.of("/dev/null"))) {
      var descriptors = new TreeMap<Integer, Fd>();
      List<Fd> streams = streams(nothing);
      for (int number = 0; number < streams.size(); number++) {
        descriptors.put(number, streams.get(number));
      }
      for (int i = 0; i < namespaces.size(); i++) {
        descriptors.put(FIRST_NAMESPACE + i, namespaces.get(i));
      }
      try (CriuProcess criu = CriuProcess.start(request.criu().program(), descriptors)) {
        enterCgroups(options, target.cgroup(), criu.pid());
        criu.perform(
            CriuRequest.RESTORE, options, (point, pid, fds) -> reached(target, point, pid, fds));
      }
    } catch (IOException e) {
      throw CriuLog.explained(e, request.criu().logs().resolve(LOG));
    } finally {
      namespaces.forEach(Fd::close);
    }
  }

  private List<Fd> streams(Fd nothing) {
    return request.container().stdio() instanceof Stdio.Inherited(Fd in, Fd out, Fd err)
        ? List.of(in, out, err)
        : List.of(nothing, nothing, nothing); // the terminal comes back by itself
  }

  /** criu starts the processes in its own cgroups, and is told that those are the container's. */
  private static void enterCgroups(CriuOptions options, ContainerCgroup cgroup, int criu)
      throws IOException {
    cgroup.enter(criu);
    String lines = KernelFile.read(Path.of("/proc", Integer.toString(criu), "cgroup"));
    for (String line : lines.lines().toList()) {
      String[] parts = line.split(":", 3); // cgroups(7): number, controllers, path
      options.pair(CriuOption.CG_ROOT, parts[1], parts[2]);
    }
  }

  private void reached(Target target, String point, int pid, List<Fd> fds)
      throws IOException, RuncFailure {
    switch (point) {
      case "setup-namespaces" -> hooks(target.spec(), pid);
      case "orphan-pts-master" -> sendTerminal(fds);
      case "post-restore" -> record(target, pid);
      default -> {
        // the other points are of use to engines that configure networks
      }
    }
  }

  private void hooks(Spec spec, int pid) throws IOException, RuncFailure {
    Hooks hooks = spec.hooks().orElseGet(() -> Hooks.builder().build());
    var runner =
        new HookRunner(context, id, request.container().bundle().toString(), Lazy.of(spec));
    runner.onHost("prestart", hooks.prestart(), ContainerStatus.CREATING, pid);
    runner.onHost("createRuntime", hooks.createRuntime(), ContainerStatus.CREATING, pid);
  }

  private void sendTerminal(List<Fd> fds) throws IOException {
    ByteBuffer name = ByteBuffer.wrap("/dev/console".getBytes(StandardCharsets.UTF_8));
    switch (request.container().stdio()) {
      case Stdio.ConsoleSocket(Path path, _) -> {
        try (UnixSocket socket = UnixSocket.connect(SocketType.STREAM, path)) {
          socket.send(name, fds);
        }
      }
      case Stdio.ConsoleConnection(Fd connected, _) -> {
        try (UnixSocket socket = UnixSocket.adopt(connected.duplicate())) {
          socket.send(name, fds);
        }
      }
      case Stdio.Inherited _, Stdio.KeeperPipes _, Stdio.KeeperTerminal _ ->
          throw new IOException("the saved container has a terminal; pass --console-socket");
    }
  }

  /** Writes the records while the processes still wait: none ever runs that nobody knows of. */
  private void record(Target target, int pid) throws IOException, RuncFailure {
    ProcessStat stat =
        ProcessStat.read(pid)
            .orElseThrow(() -> new IOException("restored process " + pid + ": is gone"));
    var process = new ProcessIdentity(pid, stat.startTicks());
    creation.undo().push(() -> ContainerProcess.end(process.pid(), process.startTicks()));
    Spec spec = inItsTime(target.spec(), pid);
    var state = creation.state(spec, target.rootfs(), target.cgroup(), process);
    target.files().writeSpec(OciJson.write(spec));
    target.files().writeState(state);
    context.remember(state, spec);
    restored = Optional.of(process);
  }

  /** criu restores into a time namespace, so that clocks go on; exec has to join it. */
  private static Spec inItsTime(Spec spec, int pid) throws IOException {
    Linux linux = spec.linux().orElseGet(() -> Linux.builder().build());
    if (linux.namespaces().stream().anyMatch(each -> each.type().equals("time"))
        || timeNamespace(Integer.toString(pid)).equals(timeNamespace("self"))) {
      return spec;
    }
    var namespaces = new ArrayList<>(linux.namespaces());
    namespaces.add(new Namespace("time", ""));
    return spec.toBuilder().linux(linux.toBuilder().namespaces(namespaces).build()).build();
  }

  private static Optional<Path> timeNamespace(String process) throws IOException {
    Path link = Path.of("/proc", process, "ns", "time");
    return Files.exists(link) ? Optional.of(Files.readSymbolicLink(link)) : Optional.empty();
  }
}
