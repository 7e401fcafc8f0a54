package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jcontainerd.jrunc.Caller;
import org.jcontainerd.jrunc.JruncOptions;
import org.jcontainerd.jrunc.OperationTrace;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.cgroup.CgroupDriver;
import org.jcontainerd.jrunc.cgroup.CgroupfsDriver;
import org.jcontainerd.jrunc.cgroup.ContainerCgroup;
import org.jcontainerd.jrunc.compile.HostFacts;
import org.jcontainerd.jrunc.launch.Launch;
import org.jcontainerd.jrunc.launch.Launcher;
import org.jcontainerd.jrunc.plan.Plan;
import org.jcontainerd.jrunc.plan.Slot;
import org.jcontainerd.jrunc.seccomp.Filter;
import org.jcontainerd.jrunc.seccomp.FilterCache;
import org.jcontainerd.jrunc.state.ContainerFiles;
import org.jcontainerd.jrunc.state.ContainerState;
import org.jcontainerd.jrunc.systemd.SystemdDriver;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.process.SeccompSupport;
import org.jcontainerd.oci.runtime.Hooks;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Spec;

/**
 * What all operations share: where state is, what the host is like, and what this process remembers
 * of the containers it has created, so that it need not read their files. Thread-safe.
 */
public final class RuntimeContext implements AutoCloseable {

  /** A container of which the files were written or read by this process. */
  static final class Known {
    private final ContainerState state;
    private final Lazy<Spec> spec;

    Known(ContainerState state, Lazy<Spec> spec) {
      this.state = state;
      this.spec = spec;
    }

    ContainerState state() {
      return state;
    }

    /** The whole configuration; what most commands need of it is in the state. */
    Spec spec() throws IOException {
      return spec.get();
    }

    /** The hooks; without those that only create runs, the configuration is not read for them. */
    Hooks hooks() throws IOException {
      Optional<Hooks> hooks = state.hooks() ? spec().hooks() : Optional.empty();
      return hooks.orElseGet(() -> Hooks.builder().build());
    }

    HookRunner hookRunner(RuntimeContext context) {
      return new HookRunner(context, state.id(), state.bundle(), spec);
    }
  }

  /** Below the root; no name of a container. */
  private static final String SECCOMP_CACHE = "@seccomp";

  private final JruncOptions options;
  private final CgroupLayout layout;
  private final Lazy<HostFacts> host;
  private final Lazy<Launcher> launcher;
  private final FilterCache filters;
  private final ConcurrentHashMap<String, Known> known = new ConcurrentHashMap<>();

  private RuntimeContext(JruncOptions options, CgroupLayout layout) {
    this.options = options;
    this.layout = layout;
    this.host = new Lazy<>(() -> HostProbe.read(layout));
    this.launcher =
        new Lazy<>(() ->
            options.waiter().isPresent() ? Launcher.open(options.waiter().get()) : Launcher.open());
    this.filters =
        options.waiter().isPresent()
            ? FilterCache.inMemory()
            : FilterCache.onDisk(options.root().resolve(SECCOMP_CACHE), options.warnings());
  }

  /** Looks at the host's cgroups; the rest is looked at when it is needed. */
  public static RuntimeContext open(JruncOptions options) throws LinuxException {
    return new RuntimeContext(options, CgroupLayout.detect());
  }

  Path root() {
    return options.root();
  }

  Optional<KernelWaiter> waiter() {
    return options.waiter();
  }

  Consumer<String> warnings() {
    return options.warnings();
  }

  Optional<OperationTrace> trace() {
    return options.trace();
  }

  /** Tells the trace, if there is one, that a part of an operation is done. */
  void stage(String what) {
    if (options.trace().isPresent()) {
      options.trace().get().stage(what);
    }
  }

  /** Starts a helper on a plan; with its times if somebody wants to hear them. */
  Launch launch(Plan plan, Map<Slot, Fd> descriptors, Launcher.Preparation first)
      throws IOException {
    options.trace().ifPresent(trace -> trace.plan(plan));
    return launcher().launch(plan, descriptors, options.trace().isPresent(), first);
  }

  public CgroupLayout layout() {
    return layout;
  }

  public HostFacts host() throws IOException {
    return host.get();
  }

  Launcher launcher() throws IOException {
    return launcher.get();
  }

  Optional<Filter> filter(Linux linux) throws RuncFailure {
    if (linux.seccomp().isEmpty()) {
      return Optional.empty();
    }
    Filter filter = filters.compile(linux.seccomp().get());
    if (!SeccompSupport.knowsFlags(filter.flags())) {
      throw new RuncFailure.NotSupported(
          "linux.seccomp.flags", "the kernel does not know all of them, see 'jrunc features'");
    }
    if (!filter.ignored().isEmpty()) {
      warnings().accept("linux.seccomp: ignoring unknown system calls: " + filter.ignored());
    }
    return Optional.of(filter);
  }

  ContainerFiles files(String id) throws RuncFailure.InvalidArgument {
    return ContainerFiles.of(options.root(), id);
  }

  /** The driver that new containers get. */
  CgroupDriver driver() throws LinuxException {
    return options.systemdCgroup() ? systemd() : new CgroupfsDriver(layout);
  }

  /** The driver that a container was made with. */
  CgroupDriver driver(ContainerState state) throws LinuxException {
    return state.cgroupDriver().equals(SystemdDriver.NAME) ? systemd() : new CgroupfsDriver(layout);
  }

  private CgroupDriver systemd() throws LinuxException {
    return new SystemdDriver(layout, Caller.current().isOrdinary(), System.getenv());
  }

  ContainerCgroup cgroup(ContainerState state) {
    var directories = new java.util.LinkedHashMap<String, Path>();
    layout
        .hierarchies()
        .forEach(h -> {
          String directory = state.cgroups().get(h.mountPoint().toString());
          if (directory != null) {
            directories.put(h.mountPoint().toString(), Path.of(directory));
          }
        });
    return new ContainerCgroup(layout, directories);
  }

  /** The configuration that a container was created with. */
  public Spec spec(String id) throws IOException, RuncFailure {
    return find(id).spec();
  }

  void remember(ContainerState state, Spec spec) {
    known.put(state.id(), new Known(state, Lazy.of(spec)));
  }

  void forget(String id) {
    known.remove(id);
  }

  /**
   * A container that was created completely.
   *
   * @throws RuncFailure.NotFound if it does not exist
   * @throws RuncFailure.FailedPrecondition if it is still being created
   */
  Known find(String id) throws IOException, RuncFailure {
    Known found = known.get(id);
    if (found != null) {
      return found;
    }
    ContainerFiles files = files(id);
    ContainerState state =
        files
            .readState()
            .orElseThrow(() ->
                new RuncFailure.FailedPrecondition("container '" + id + "' is being created"));
    found = new Known(state, new Lazy<>(files::readSpec));
    if (options.waiter().isPresent()) {
      known.put(id, found);
    }
    return found;
  }

  @Override
  public void close() {
    launcher.made().ifPresent(Launcher::close);
  }
}
