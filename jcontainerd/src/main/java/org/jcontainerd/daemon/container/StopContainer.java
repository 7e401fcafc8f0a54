package org.jcontainerd.daemon.container;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.shim.ShimFailure;

/**
 * Asks a container to end, and kills it when it takes too long. Idempotent: a container that does
 * not run is stopped. Nothing is locked while waiting, so a second call with a shorter timeout
 * shortens the first. Thread-safe.
 */
public final class StopContainer {
  private static final int SIGKILL = 9;

  /** A killed process that is still there after this is stuck in the kernel. */
  private static final Duration AFTER_KILL = Duration.ofMinutes(1);

  private final Registry<Container> containers;
  private final ContainerExits exits;
  private final Shim shim;

  public StopContainer(Registry<Container> containers, ContainerExits exits, Shim shim) {
    this.containers = containers;
    this.exits = exits;
    this.shim = shim;
  }

  /**
   * Stops it; returns when its exit is recorded.
   *
   * @param timeout between the polite signal and SIGKILL; zero kills at once
   */
  public void stop(String id, Duration timeout) throws Exception {
    var watch = exits.watchOf(id).orElse(null);
    Container container = containers.find(id).orElse(null);
    if (watch == null || container == null) {
      return;
    }
    if (timeout.isPositive()) {
      if (watch.asked.compareAndSet(false, true)) {
        signal(id, container.stopSignal(), false);
      }
      if (endedWithin(watch.exited, timeout)) {
        return;
      }
    }
    signal(id, SIGKILL, true);
    if (!endedWithin(watch.exited, AFTER_KILL)) {
      throw new DaemonFailure.OperationFailed(
          "stop container '"
              + id
              + "': killed, but not ended after "
              + AFTER_KILL.toSeconds()
              + " s. A process of it is stuck in the kernel");
    }
  }

  /** As {@link #stop} without patience, and returns only when the shim has let go of it. */
  public void kill(String id) throws Exception {
    var watch = exits.watchOf(id).orElse(null);
    stop(id, Duration.ZERO);
    if (watch != null && !endedWithin(watch.released, AFTER_KILL)) {
      throw new DaemonFailure.OperationFailed("stop container '" + id + "': its task is not gone");
    }
  }

  private void signal(String id, int number, boolean all) throws ShimFailure {
    try {
      shim.kill(id, "", number, all);
    } catch (ShimFailure.NotFound | ShimFailure.FailedPrecondition e) {
      // ended in this moment: its exit is on the way
    }
  }

  private static boolean endedWithin(CompletableFuture<Void> end, Duration limit) throws Exception {
    try {
      end.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new DaemonFailure.OperationFailed("record the end of a container", e);
    }
  }
}
