package org.jcontainerd.daemon.container;

import java.nio.file.Files;
import java.time.Clock;
import org.jcontainerd.api.shim.v1.CriIo;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.shim.ShimFailure;
import org.jcontainerd.daemon.shim.TaskRequests;
import org.jcontainerd.daemon.trace.Timeline;
import org.jcontainerd.daemon.trace.Timelines;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.Snapshotter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a container that is Created: one call of the shim makes and starts its process. If that
 * fails the container is Exited, code 128, reason StartError. Thread-safe.
 */
public final class StartContainer {
  private static final Logger log = LoggerFactory.getLogger(StartContainer.class);

  private final Registry<Sandbox> sandboxes;
  private final Registry<Container> containers;
  private final Parts parts;
  private final Clock clock;

  /** What a start needs. */
  public record Parts(
      Layout layout,
      Snapshotter snapshotter,
      Shim shim,
      ContainerExits exits,
      Timelines timelines,
      int maxLogLineBytes) {}

  public StartContainer(
      Registry<Sandbox> sandboxes, Registry<Container> containers, Parts parts, Clock clock) {
    this.sandboxes = sandboxes;
    this.containers = containers;
    this.parts = parts;
    this.clock = clock;
  }

  /** Returns when the process runs. */
  public void start(String id) throws Exception {
    containers.run(
        id,
        () -> {
          Container container = requireStartable(id);
          Timeline timeline = parts.timelines().of(id);
          // before the process can end, so that no end is before its start
          var startedAt = clock.instant();
          long pid;
          try {
            pid = timeline.step("start", () -> task(container));
          } catch (Exception e) {
            recordStartError(id, e);
            throw e;
          }
          timeline.step(
              "record start",
              () ->
                  containers.update(
                      id, c -> c.after(new ContainerState.Event.Started(pid, startedAt))));
          parts.exits().watch(id);
          log.atInfo()
              .addKeyValue("container", id)
              .addKeyValue("pid", pid)
              .log("container started");
        });
  }

  private Container requireStartable(String id) {
    Container container =
        containers.find(id).orElseThrow(() -> new DaemonFailure.NotFound("container", id));
    if (!(container.state() instanceof ContainerState.Created)) {
      throw new DaemonFailure.FailedPrecondition(
          "start container '" + id + "': its state is " + stateName(container) + ", not created");
    }
    if (!sandboxes.find(container.sandboxId()).map(Sandbox::ready).orElse(false)) {
      throw new DaemonFailure.FailedPrecondition(
          "start container '" + id + "': pod sandbox '" + container.sandboxId() + "' is not ready");
    }
    return container;
  }

  private long task(Container container) throws Exception {
    var io = CriIo.newBuilder();
    if (!container.logPath().isEmpty()) {
      Files.createDirectories(LogPath.directory(container.logPath()));
      io.setLogPath(container.logPath()).setMaxLineBytes(parts.maxLogLineBytes());
    }
    io.setStdin(container.config().getStdin()).setStdinOnce(container.config().getStdinOnce());
    return parts
        .shim()
        .create(
            TaskRequests.started(
                container.id(),
                parts.layout().bundle(container.id()),
                parts.snapshotter().mounts(new SnapshotKey(container.id())),
                container.config().getTty(),
                io.build()));
  }

  private void recordStartError(String id, Exception failure) throws Exception {
    try {
      var _ = parts.shim().delete(id, "");
    } catch (ShimFailure e) {
      failure.addSuppressed(e); // removing the container tries again
    }
    containers.update(
        id,
        c ->
            c.after(
                new ContainerState.Event.Ended(
                    Exit.startError(clock.instant(), String.valueOf(failure.getMessage())))));
  }

  private static String stateName(Container container) {
    return switch (container.state()) {
      case ContainerState.Created _ -> "created";
      case ContainerState.Running _ -> "running";
      case ContainerState.Exited _ -> "exited";
    };
  }
}
