package org.jcontainerd.daemon;

import io.grpc.ServerServiceDefinition;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jcontainerd.daemon.apparmor.AppArmor;
import org.jcontainerd.daemon.config.Config;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.ContainerExits;
import org.jcontainerd.daemon.container.CreateContainer;
import org.jcontainerd.daemon.container.ExecProcess;
import org.jcontainerd.daemon.container.ImageUsers;
import org.jcontainerd.daemon.container.ImageVolumes;
import org.jcontainerd.daemon.container.RemoveContainer;
import org.jcontainerd.daemon.container.ShimStreams;
import org.jcontainerd.daemon.container.StartContainer;
import org.jcontainerd.daemon.container.StopContainer;
import org.jcontainerd.daemon.container.UpdateResources;
import org.jcontainerd.daemon.container.VolumeMounter;
import org.jcontainerd.daemon.cri.runtime.StatusRpc;
import org.jcontainerd.daemon.cri.service.ImageService;
import org.jcontainerd.daemon.cri.service.RuntimeService;
import org.jcontainerd.daemon.image.Images;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.pod.RemoveSandbox;
import org.jcontainerd.daemon.pod.StopSandbox;
import org.jcontainerd.daemon.record.Ids;
import org.jcontainerd.daemon.record.RecordTable;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.recovery.CgroupTree;
import org.jcontainerd.daemon.recovery.Orphans;
import org.jcontainerd.daemon.recovery.Recovery;
import org.jcontainerd.daemon.sandbox.PodKernel;
import org.jcontainerd.daemon.sandbox.PodNetworks;
import org.jcontainerd.daemon.sandbox.RunSandbox;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.sandbox.SandboxFiles;
import org.jcontainerd.daemon.sandbox.SandboxMonitor;
import org.jcontainerd.daemon.shim.ExitWaiter;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.shim.ShimFailure;
import org.jcontainerd.daemon.shim.StreamConnector;
import org.jcontainerd.daemon.spec.ContainerSpec;
import org.jcontainerd.daemon.spec.HostFacts;
import org.jcontainerd.daemon.spec.SandboxSpec;
import org.jcontainerd.daemon.stats.CgroupReader;
import org.jcontainerd.daemon.stats.StatsReader;
import org.jcontainerd.daemon.stats.WritableLayers;
import org.jcontainerd.daemon.streaming.StreamingEndpoints;
import org.jcontainerd.daemon.trace.Timelines;
import org.jcontainerd.snapshotter.Snapshotter;

/**
 * The operations on pods, containers and images, wired to each other over whatever does the work
 * below: the real parts in {@link Wiring}, fakes in tests.
 */
final class Daemon {
  /** What the operations stand on. */
  record Parts(
      Config config,
      Layout layout,
      RecordTable<Sandbox> sandboxTable,
      RecordTable<Container> containerTable,
      Shim shim,
      PodKernel kernel,
      PodNetworks networks,
      Images images,
      Snapshotter snapshotter,
      ImageUsers users,
      VolumeMounter volumeMounter,
      HostFacts host,
      AppArmor apparmor,
      CgroupReader cgroups,
      StreamingEndpoints streaming,
      SharedMounts sharedMounts,
      Path etc,
      Clock clock) {}

  /** Whether a host path lies on a shared mount. */
  @FunctionalInterface
  interface SharedMounts {
    boolean shared(Path path);
  }

  private final Parts parts;
  private final Registry<Sandbox> sandboxes;
  private final Registry<Container> containers;
  private final Timelines timelines = new Timelines();
  private final Ids ids = new Ids();
  private final SandboxMonitor monitor;
  private final SandboxFiles files;
  private final ContainerExits exits;
  private final ImageVolumes volumes;

  Daemon(Parts parts) {
    this.parts = parts;
    this.sandboxes = new Registry<>("pod sandbox", parts.sandboxTable());
    this.containers = new Registry<>("container", parts.containerTable());
    var waiter = new ExitWaiter(parts.shim());
    this.monitor = new SandboxMonitor(sandboxes, waiter);
    this.files = new SandboxFiles(parts.layout(), parts.kernel(), parts.etc());
    this.volumes =
        new ImageVolumes(
            parts.images(), parts.snapshotter(), parts.volumeMounter(), parts.layout());
    this.exits =
        new ContainerExits(
            containers, waiter, parts.shim(), parts.cgroups()::oomKilled, parts.clock());
  }

  /** Reads the records and makes them agree with what there is; before anything is served. */
  void recover() throws Exception {
    sandboxes.load();
    containers.load();
    var orphans =
        new Orphans(
            sandboxes,
            containers,
            new Orphans.Parts(
                parts.layout(),
                parts.shim(),
                parts.kernel(),
                files,
                parts.networks(),
                volumes,
                new CgroupTree(parts.cgroups().layout(), parts.config().cgroup().parent())));
    new Recovery(sandboxes, containers, parts.shim(), monitor, exits, orphans, parts.clock()).run();
  }

  /** Every call of CRI. */
  List<ServerServiceDefinition> services() {
    var stats =
        new StatsReader(
            containers,
            parts.cgroups(),
            new WritableLayers(parts.snapshotter(), parts.clock()),
            parts.config().root(),
            parts.clock());
    var stop = new StopContainer(containers, exits, parts.shim());
    var remove =
        new RemoveContainer(containers, stop, parts.shim(), volumes, parts.layout(), timelines);
    var runtime =
        new RuntimeService(
            BuildVersion.current(),
            status(),
            new RuntimeService.Reads(sandboxes, containers, timelines, parts.clock()),
            pods(stop, remove),
            containerCalls(stop, remove),
            stats,
            new RuntimeService.Streams(
                parts.streaming(),
                new ShimStreams(parts.shim(), new StreamConnector.ToShim(parts.shim()), ids),
                parts.layout()));
    return List.of(runtime.bind(), new ImageService(parts.images(), parts.clock()).bind());
  }

  private StatusRpc status() {
    return new StatusRpc(
        parts.config(),
        BuildVersion.current(),
        () -> parts.shim().health().map(Daemon::shimGone).orElse(StatusRpc.Readiness.READY),
        () -> parts.networks().unready().map(Daemon::noNetwork).orElse(StatusRpc.Readiness.READY));
  }

  private static StatusRpc.Readiness shimGone(ShimFailure failure) {
    return new StatusRpc.Readiness(false, "ShimUnavailable", String.valueOf(failure.getMessage()));
  }

  private static StatusRpc.Readiness noNetwork(String reason) {
    return new StatusRpc.Readiness(false, "NetworkPluginNotReady", reason);
  }

  private RuntimeService.Pods pods(StopContainer stop, RemoveContainer remove) {
    var config = parts.config();
    var pod =
        new RunSandbox.Parts(
            parts.layout(),
            parts.kernel(),
            files,
            parts.networks(),
            parts.shim(),
            new SandboxSpec(parts.layout().pauseRoot(), config.containers(), parts.host()),
            monitor,
            timelines,
            config.runtime().handlers(),
            config.cgroup().parent());
    var stopPod = new StopSandbox(sandboxes, containers, stop, pod);
    return new RuntimeService.Pods(
        new RunSandbox(sandboxes, pod, ids, parts.clock()),
        stopPod,
        new RemoveSandbox(sandboxes, containers, stopPod, remove, pod));
  }

  private RuntimeService.ContainerCalls containerCalls(StopContainer stop, RemoveContainer remove) {
    var config = parts.config();
    var spec =
        new ContainerSpec(
            config.containers().seccompProfiles(), parts.apparmor(), parts.sharedMounts()::shared);
    var create =
        new CreateContainer(
            sandboxes,
            containers,
            new CreateContainer.Parts(
                parts.layout(),
                parts.images(),
                parts.snapshotter(),
                parts.users(),
                spec,
                volumes,
                files,
                parts.host(),
                timelines,
                config.cgroup().parent()),
            ids,
            parts.clock());
    var start =
        new StartContainer(
            sandboxes,
            containers,
            new StartContainer.Parts(
                parts.layout(),
                parts.snapshotter(),
                parts.shim(),
                exits,
                timelines,
                config.containers().maxLogLineBytes()),
            parts.clock());
    return new RuntimeService.ContainerCalls(
        create,
        start,
        stop,
        remove,
        new UpdateResources(containers, parts.shim(), parts.layout()),
        new ExecProcess(parts.layout()),
        parts.shim());
  }
}
