package org.jcontainerd.daemon.container;

import java.nio.file.Path;
import org.jcontainerd.daemon.concurrent.Teardown;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.trace.Timelines;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.Snapshotter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes a container in any state. Idempotent; a missing log is nobody's concern, since kubelet
 * removes logs first. Thread-safe.
 */
public final class RemoveContainer {
  private static final Logger log = LoggerFactory.getLogger(RemoveContainer.class);

  private final Registry<Container> containers;
  private final StopContainer stop;
  private final Shim shim;
  private final ImageVolumes volumes;
  private final Layout layout;
  private final Timelines timelines;

  public RemoveContainer(
      Registry<Container> containers,
      StopContainer stop,
      Shim shim,
      ImageVolumes volumes,
      Layout layout,
      Timelines timelines) {
    this.containers = containers;
    this.stop = stop;
    this.shim = shim;
    this.volumes = volumes;
    this.layout = layout;
    this.timelines = timelines;
  }

  /** Removes the container {@code id}, if there is one. */
  public void remove(String id) throws Exception {
    boolean done = false;
    while (!done) {
      // not under the lock: who records the exit needs it
      stop.kill(id);
      done = containers.with(id, () -> removeIfEnded(id));
    }
  }

  /** False if the container was started between the stop and the lock. */
  private boolean removeIfEnded(String id) throws Exception {
    Container container = containers.find(id).orElse(null);
    if (container == null) {
      return true;
    }
    if (container.running().isPresent()) {
      return false;
    }
    Path bundle = layout.bundle(id);
    var teardown = new Teardown("remove container '" + id + "'");
    if (container.state() instanceof ContainerState.Exited) {
      teardown.step(
          "task",
          () -> {
            var _ = shim.delete(id, "");
          });
    }
    teardown.step("image volumes", () -> volumes.remove(id));
    teardown.step("snapshot", () -> removeSnapshot(volumes.snapshotter(), new SnapshotKey(id)));
    teardown.step("bundle", () -> Layout.removeTree(bundle));
    teardown.finish();
    containers.delete(id);
    if (volumes.images().find(container.imageId()).isEmpty()) {
      volumes.images().collect(); // its image was removed before; nothing holds the layers any more
    }
    timelines.forget(id);
    log.atInfo().addKeyValue("container", id).log("container removed");
    return true;
  }

  /** Nothing there is success. */
  static void removeSnapshot(Snapshotter snapshotter, SnapshotKey key) throws SnapshotFailure {
    try {
      snapshotter.remove(key);
    } catch (SnapshotFailure.NotFound e) {
      // removed by an earlier attempt, or never made
    }
  }
}
