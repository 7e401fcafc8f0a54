package org.jcontainerd.daemon.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.api.shim.v1.CriIo;
import org.jcontainerd.daemon.concurrent.Fanout;
import org.jcontainerd.daemon.concurrent.InFlight;
import org.jcontainerd.daemon.concurrent.Undo;
import org.jcontainerd.daemon.concurrent.UndoException;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.record.Ids;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.shim.ShimFailure;
import org.jcontainerd.daemon.shim.TaskRequests;
import org.jcontainerd.daemon.spec.SandboxSpec;
import org.jcontainerd.daemon.trace.Timeline;
import org.jcontainerd.daemon.trace.Timelines;
import org.jcontainerd.oci.json.OciJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a pod and brings it to Ready. The network is attached while the shim makes the pod's
 * process. Thread-safe.
 *
 * <p>A retry with the same configuration joins the call under way, or gets the pod that it made.
 */
public final class RunSandbox {
  private static final Logger log = LoggerFactory.getLogger(RunSandbox.class);

  private final Registry<Sandbox> sandboxes;
  private final Parts parts;
  private final Ids ids;
  private final Clock clock;
  private final InFlight<Request, Sandbox> underWay = new InFlight<>();

  /** What a pod is made of. */
  public record Parts(
      Layout layout,
      PodKernel kernel,
      SandboxFiles files,
      PodNetworks networks,
      Shim shim,
      SandboxSpec spec,
      SandboxMonitor monitor,
      Timelines timelines,
      List<String> handlers,
      String cgroupParent) {
    public Parts {
      handlers = List.copyOf(handlers);
    }
  }

  private record Request(PodSandboxConfig config, String handler) {}

  public RunSandbox(Registry<Sandbox> sandboxes, Parts parts, Ids ids, Clock clock) {
    this.sandboxes = sandboxes;
    this.parts = parts;
    this.ids = ids;
    this.clock = clock;
  }

  /** Returns the pod, Ready. */
  public Sandbox run(PodSandboxConfig config, String handler) throws Exception {
    check(config, handler);
    String name = Sandbox.nameOf(config);
    return underWay.run(
        name,
        new Request(config, handler),
        () -> existingOrNew(name, config, handler),
        () -> nameTaken(name, "being made"));
  }

  private Sandbox existingOrNew(String name, PodSandboxConfig config, String handler)
      throws Exception {
    for (Sandbox each : sandboxes.all()) {
      if (each.name().equals(name)) {
        if (each.ready() && each.config().equals(config)) {
          return each;
        }
        throw nameTaken(name, "pod sandbox '" + each.id() + "'");
      }
    }
    var sandbox =
        new Sandbox(
            ids.next(), config, handler, clock.instant(), new SandboxState.Ready(0), List.of());
    return make(sandbox);
  }

  private Sandbox make(Sandbox sandbox) throws Exception {
    Timeline timeline = parts.timelines().begin(sandbox.id());
    String what = "run pod sandbox '" + sandbox.id() + "'";
    try (var undo = new Undo(what)) {
      Sandbox ready = steps(sandbox, timeline, undo);
      undo.commit();
      log.atInfo()
          .addKeyValue("pod", ready.id())
          .addKeyValue("name", ready.name())
          .addKeyValue("ips", ready.ips())
          .log("pod ready");
      return ready;
    } catch (Exception e) {
      parts.timelines().forget(sandbox.id());
      keepIfNotUndone(sandbox, e);
      throw e;
    }
  }

  private Sandbox steps(Sandbox sandbox, Timeline timeline, Undo undo) throws Exception {
    String hostname = SandboxFiles.hostname(sandbox.config());
    Path netns = createNetns(sandbox, timeline, undo);
    var fanout = new Fanout("run pod");
    var ips = fanout.fork("network", () -> attach(sandbox, netns, timeline, undo));
    var pid = fanout.fork("task", () -> startTask(sandbox, netns, hostname, timeline, undo));
    fanout.join();
    Sandbox ready = sandbox.with(ips.get()).with(new SandboxState.Ready(pid.get()));
    timeline.step(
        "record",
        () -> {
          undo.push("delete record", () -> sandboxes.delete(ready.id()));
          sandboxes.insert(ready);
          return ready;
        });
    parts.monitor().watch(ready.id());
    return ready;
  }

  private Path createNetns(Sandbox sandbox, Timeline timeline, Undo undo) throws Exception {
    Path netns = parts.layout().netns(sandbox.id());
    if (sandbox.hostNetwork()) {
      return netns;
    }
    undo.push("delete netns", () -> parts.kernel().deleteNetns(netns));
    return timeline.step(
        "netns",
        () -> {
          parts.kernel().createNetns(netns);
          return netns;
        });
  }

  private List<String> attach(Sandbox sandbox, Path netns, Timeline timeline, Undo undo)
      throws Exception {
    if (sandbox.hostNetwork()) {
      return List.of();
    }
    // before it runs: a plugin that failed may have left something
    undo.push("detach network", () -> parts.networks().detach(sandbox, netns));
    return timeline.step("network", () -> parts.networks().attach(sandbox, netns));
  }

  private long startTask(Sandbox sandbox, Path netns, String hostname, Timeline timeline, Undo undo)
      throws Exception {
    String id = sandbox.id();
    Path bundle = parts.layout().bundle(id);
    undo.push("remove files", () -> parts.files().remove(id));
    undo.push("remove bundle", () -> Layout.removeTree(bundle));
    timeline.step(
        "files",
        () -> {
          parts.files().create(id, sandbox.config(), hostname);
          Layout.privateDirectory(bundle);
          var spec = parts.spec().of(id, sandbox.config(), netns, cgroupPath(sandbox), hostname);
          return Files.write(bundle.resolve("config.json"), OciJson.write(spec));
        });
    undo.push("remove task", () -> removeTask(id));
    return timeline.step(
        "task",
        () ->
            parts
                .shim()
                .create(
                    TaskRequests.started(
                        id, bundle, List.of(), false, CriIo.getDefaultInstance())));
  }

  private void removeTask(String id) throws ShimFailure {
    new SandboxTask(parts.shim()).remove(id);
  }

  private String cgroupPath(Sandbox sandbox) {
    return CgroupPaths.of(sandbox.config(), parts.cgroupParent(), sandbox.id());
  }

  /**
   * A pod that could not be taken back stays visible, so that the caller can stop and remove it.
   */
  private void keepIfNotUndone(Sandbox sandbox, Exception failure) throws Exception {
    boolean undone =
        Arrays.stream(failure.getSuppressed()).noneMatch(UndoException.class::isInstance);
    if (!undone) {
      var left = sandbox.with(new SandboxState.NotReady(String.valueOf(failure.getMessage())));
      if (sandboxes.find(sandbox.id()).isEmpty()) {
        sandboxes.insert(left);
      }
    }
  }

  private void check(PodSandboxConfig config, String handler) {
    var m = config.getMetadata();
    if (m.getName().isEmpty() || m.getNamespace().isEmpty() || m.getUid().isEmpty()) {
      throw new DaemonFailure.InvalidArgument(
          "run pod sandbox: metadata needs name, namespace and uid");
    }
    if (!handler.isEmpty() && !parts.handlers().contains(handler)) {
      throw new DaemonFailure.InvalidArgument(
          "run pod sandbox '"
              + m.getName()
              + "': runtime handler '"
              + handler
              + "' is not configured. Known: "
              + String.join(", ", parts.handlers()));
    }
    CgroupPaths.check(config);
  }

  private static DaemonFailure.AlreadyExists nameTaken(String name, String by) {
    return new DaemonFailure.AlreadyExists(
        "run pod sandbox: name '" + name + "' is taken by " + by);
  }
}
