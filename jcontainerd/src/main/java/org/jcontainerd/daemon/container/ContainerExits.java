package org.jcontainerd.daemon.container;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.shim.ExitWaiter;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.shim.TaskExit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the end of containers, each exactly once, and lets others wait for it. One virtual thread
 * per running container. Thread-safe.
 */
public final class ContainerExits {
  private static final Logger log = LoggerFactory.getLogger(ContainerExits.class);

  private final Registry<Container> containers;
  private final ExitWaiter waiter;
  private final Shim shim;
  private final OomCounter oom;
  private final Clock clock;
  private final ConcurrentHashMap<String, Watch> watches = new ConcurrentHashMap<>();

  /** Whether the kernel killed something in a cgroup because of its memory limit. */
  @FunctionalInterface
  public interface OomCounter {
    boolean killed(String cgroupPath);
  }

  /** One running container. */
  static final class Watch {
    /** Done when the exit is recorded. */
    final CompletableFuture<Void> exited = new CompletableFuture<>();

    /** Done when the shim holds nothing of it any more; fails if it could not be removed. */
    final CompletableFuture<Void> released = new CompletableFuture<>();

    /** The polite signal is sent once, however often Stop is called. */
    final AtomicBoolean asked = new AtomicBoolean();
  }

  public ContainerExits(
      Registry<Container> containers, ExitWaiter waiter, Shim shim, OomCounter oom, Clock clock) {
    this.containers = containers;
    this.waiter = waiter;
    this.shim = shim;
    this.oom = oom;
    this.clock = clock;
  }

  /** Begins to watch a container whose record says Running. */
  public void watch(String id) {
    var watch = new Watch();
    watches.put(id, watch);
    waiter.onExit(id, exit -> ended(id, watch, exit));
  }

  /** The watch of a container that runs, or whose remains are being removed. */
  Optional<Watch> watchOf(String id) {
    return Optional.ofNullable(watches.get(id));
  }

  private void ended(String id, Watch watch, Optional<TaskExit> exit) throws Exception {
    try {
      record(id, exit);
      watch.exited.complete(null);
      var _ = shim.delete(id, "");
      watch.released.complete(null);
      watches.remove(id, watch);
    } catch (Exception e) { // stays watched: a later Stop reports this failure
      watch.exited.completeExceptionally(e);
      watch.released.completeExceptionally(e);
      throw e;
    }
  }

  /** Before the task is removed: its cgroup, which knows of an OOM kill, goes with it. */
  private void record(String id, Optional<TaskExit> exit) throws Exception {
    try {
      Container after =
          containers.update(id, c -> c.after(new ContainerState.Event.Ended(exitOf(c, exit))));
      if (after.state() instanceof ContainerState.Exited(_, Exit end)) {
        log.atInfo()
            .addKeyValue("container", id)
            .addKeyValue("code", end.code())
            .addKeyValue("reason", end.reason())
            .log("container ended");
      }
    } catch (DaemonFailure.NotFound e) {
      // cannot be: who removes a container waits for this first
      log.atError().addKeyValue("container", id).log("container ended without a record");
    }
  }

  private Exit exitOf(Container container, Optional<TaskExit> exit) {
    Instant now = clock.instant();
    return exit.map(e -> Exit.of(e.code(), e.at(), oom.killed(container.cgroupPath())))
        .orElseGet(() -> Exit.unknown(now, "the shim does not know the task: nobody saw its end"));
  }
}
