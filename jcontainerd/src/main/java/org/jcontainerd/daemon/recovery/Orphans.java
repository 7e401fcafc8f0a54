package org.jcontainerd.daemon.recovery;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jcontainerd.daemon.concurrent.Undo;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.ImageVolumes;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.record.Ids;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.PodKernel;
import org.jcontainerd.daemon.sandbox.PodNetworks;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.sandbox.SandboxFiles;
import org.jcontainerd.daemon.sandbox.SandboxState;
import org.jcontainerd.daemon.sandbox.SandboxTask;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.snapshotter.Snapshot;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what belongs to no record: left by operations that a kill cut off. Looks only below our
 * own directories and at names that are ids of ours. A failure is logged and the rest goes on.
 */
public final class Orphans {
  private static final Logger log = LoggerFactory.getLogger(Orphans.class);

  private final Registry<Sandbox> sandboxes;
  private final Registry<Container> containers;
  private final Parts parts;

  /** Where orphans can be. */
  public record Parts(
      Layout layout,
      Shim shim,
      PodKernel kernel,
      SandboxFiles files,
      PodNetworks networks,
      ImageVolumes volumes,
      CgroupTree cgroups) {}

  public Orphans(Registry<Sandbox> sandboxes, Registry<Container> containers, Parts parts) {
    this.sandboxes = sandboxes;
    this.containers = containers;
    this.parts = parts;
  }

  void remove(Set<String> tasks) throws IOException, SnapshotFailure {
    Set<String> pods = new HashSet<>();
    Set<String> connected = new HashSet<>();
    for (Sandbox each : sandboxes.all()) {
      pods.add(each.id());
      if (!(each.state() instanceof SandboxState.Stopped)) {
        connected.add(each.id());
      }
    }
    Set<String> owned = new HashSet<>(pods);
    containers.all().forEach(c -> owned.add(c.id()));

    removeTasks(tasks, owned);
    removeNetworks(connected);
    removeFiles(pods, owned);
    removeSnapshots(owned);
    attempt("image parts", "of nobody", () -> parts.volumes().images().collect());
    attempt("cgroups", "of nobody", () -> parts.cgroups().removeEmpty(owned));
  }

  private void removeTasks(Set<String> tasks, Set<String> owned) {
    for (String id : tasks) {
      if (!owned.contains(id) && Ids.isId(id)) {
        attempt("task", id, () -> new SandboxTask(parts.shim()).remove(id));
      }
    }
  }

  private void removeNetworks(Set<String> connected) throws IOException {
    attempt("networks", "of nobody", () -> parts.networks().collect(connected));
    for (String id : Layout.idsIn(parts.layout().netnsDirectory())) {
      if (!connected.contains(id)) {
        attempt("netns", id, () -> parts.kernel().deleteNetns(parts.layout().netns(id)));
      }
    }
  }

  private void removeFiles(Set<String> pods, Set<String> owned) throws IOException {
    for (String id : Layout.idsIn(parts.layout().podsDirectory())) {
      if (!pods.contains(id)) {
        attempt("pod files", id, () -> parts.files().remove(id));
      }
    }
    for (String id : Layout.idsIn(parts.layout().bundlesDirectory())) {
      if (!owned.contains(id)) {
        attempt(
            "bundle",
            id,
            () -> {
              var bundle = parts.layout().bundle(id);
              parts.kernel().unmount(bundle.resolve("rootfs"));
              parts.volumes().remove(id);
              Layout.removeTree(bundle);
            });
      }
    }
  }

  private void removeSnapshots(Set<String> owned) throws SnapshotFailure {
    for (Snapshot each : parts.volumes().snapshotter().list()) {
      String key = ImageVolumes.containerOf(each.key()).orElse(each.key().value());
      if (Ids.isId(key) && !owned.contains(key)) {
        attempt("snapshot", key, () -> parts.volumes().snapshotter().remove(each.key()));
      }
    }
  }

  private static void attempt(String what, String id, Undo.Action action) {
    try {
      action.run();
      log.atDebug().addKeyValue("what", what).addKeyValue("id", id).log("leftover removed");
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      log.atWarn()
          .setCause(e)
          .addKeyValue("what", what)
          .addKeyValue("id", id)
          .log("leftover not removed");
    }
  }
}
