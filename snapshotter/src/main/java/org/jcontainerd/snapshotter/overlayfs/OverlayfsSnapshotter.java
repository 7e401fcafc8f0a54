package org.jcontainerd.snapshotter.overlayfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.FileStat;
import org.jcontainerd.snapshotter.ImpliedDirectories;
import org.jcontainerd.snapshotter.Mount;
import org.jcontainerd.snapshotter.Snapshot;
import org.jcontainerd.snapshotter.SnapshotDirectories;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.SnapshotKind;
import org.jcontainerd.snapshotter.SnapshotLedger;
import org.jcontainerd.snapshotter.SnapshotStore;
import org.jcontainerd.snapshotter.SnapshotStore.SnapshotRecord;
import org.jcontainerd.snapshotter.Snapshotter;
import org.jcontainerd.snapshotter.StagedLayer;
import org.jcontainerd.snapshotter.Usage;

/**
 * Snapshots as directories, stacked by overlayfs. Thread-safe.
 *
 * <p>To prepare one is to make two directories and a record; to stack a staged layer is to change a
 * record, since overlayfs' lower directories do not depend on what is below them.
 */
public final class OverlayfsSnapshotter implements Snapshotter {
  private final SnapshotDirectories directories;
  private final SnapshotLedger ledger;
  private final OverlayMounts mounts;

  private OverlayfsSnapshotter(SnapshotDirectories directories, Path links, SnapshotStore store)
      throws IOException {
    this.directories = directories;
    this.ledger = new SnapshotLedger(store);
    this.mounts = OverlayMounts.open(directories, links);
  }

  /** Opens the snapshots below {@code root}, whose records are in {@code store}. */
  public static OverlayfsSnapshotter open(Path root, SnapshotStore store) throws IOException {
    return open(root, root.resolve("l"), store);
  }

  /**
   * As {@link #open(Path, SnapshotStore)}.
   *
   * @param links directory for short names of snapshots; the shorter its path, the more layers fit
   *     into the options of a mount: 110 if it has 30 characters. May be lost at a reboot.
   */
  public static OverlayfsSnapshotter open(Path root, Path links, SnapshotStore store)
      throws IOException {
    return new OverlayfsSnapshotter(SnapshotDirectories.open(root), links, store);
  }

  @Override
  public String name() {
    return "overlayfs";
  }

  @Override
  public List<Mount> prepare(
      SnapshotKey key, Optional<SnapshotKey> parent, Map<String, String> labels)
      throws SnapshotFailure {
    return mounts.of(create("prepare", key, SnapshotKind.ACTIVE, parent, labels));
  }

  @Override
  public List<Mount> view(SnapshotKey key, Optional<SnapshotKey> parent, Map<String, String> labels)
      throws SnapshotFailure {
    return mounts.of(create("view", key, SnapshotKind.VIEW, parent, labels));
  }

  @Override
  public StagedLayer stage(SnapshotKey key) throws SnapshotFailure {
    var staged = create("stage", key, SnapshotKind.STAGED, Optional.empty(), Map.of());
    return new StagedLayer(key, directories.tree(staged.top().number()));
  }

  private SnapshotLedger.Stack create(
      String operation,
      SnapshotKey key,
      SnapshotKind kind,
      Optional<SnapshotKey> parent,
      Map<String, String> labels)
      throws SnapshotFailure {
    Path made = null;
    boolean done = false;
    try {
      var fresh =
          kind == SnapshotKind.ACTIVE
              ? directories.makeNew("fs", "work")
              : directories.makeNew("fs");
      made = fresh;
      if (parent.isPresent() && kind == SnapshotKind.ACTIVE) {
        likeTheRootOf(ledger.require(operation, parent.get()), fresh.resolve("fs"));
      }
      var stack =
          ledger.create(
              operation,
              key,
              kind,
              parent,
              labels,
              snapshot -> directories.keep(fresh, snapshot.number()));
      done = true;
      return stack;
    } catch (SnapshotFailure.NotFound e) {
      throw parent.isPresent() ? new SnapshotFailure.NotFound(operation, key, parent.get()) : e;
    } catch (IOException e) {
      throw new SnapshotFailure.Storage(operation, key, e);
    } finally {
      if (!done && made != null) {
        discard(operation, key, made);
      }
    }
  }

  /** The root of the merged tree has the attributes of the upper directory. */
  private void likeTheRootOf(SnapshotRecord parent, Path tree) throws IOException {
    try (var model = Directory.open(directories.tree(parent.number()));
        var holder = Directory.open(tree.resolve(".."))) {
      var stat = FileStat.of(model.fd());
      var name = String.valueOf(tree.getFileName());
      holder.changeOwner(name, stat.uid(), stat.gid());
      holder.changeMode(name, stat.permissions());
    }
  }

  private void discard(String operation, SnapshotKey key, Path directory) throws SnapshotFailure {
    try {
      if (Files.exists(directory)) {
        directories.delete(directory);
      }
    } catch (IOException e) {
      throw new SnapshotFailure.Storage(operation, key, e);
    }
  }

  @Override
  public List<Mount> mounts(SnapshotKey key) throws SnapshotFailure {
    var stack = ledger.stack("mounts", key);
    return switch (stack.top().snapshot().kind()) {
      case ACTIVE, VIEW -> mounts.of(stack);
      case COMMITTED, STAGED ->
          throw new SnapshotFailure.FailedPrecondition(
              "mounts", key, "snapshot is " + stack.top().snapshot().kind());
    };
  }

  @Override
  public void commit(SnapshotKey name, SnapshotKey key, Map<String, String> labels)
      throws SnapshotFailure {
    var active = ledger.require("commit", key, SnapshotKind.ACTIVE);
    ledger.commit(name, key, active.snapshot().parent(), labels, walk("commit", active), _ -> {});
  }

  @Override
  public void commitStaged(
      SnapshotKey name,
      SnapshotKey key,
      Optional<SnapshotKey> parent,
      List<String> implied,
      Map<String, String> labels)
      throws SnapshotFailure {
    var staged = ledger.require("commit", key, SnapshotKind.STAGED);
    var below =
        ledger.parents("commit", name, parent).stream()
            .map(record -> directories.tree(record.number()))
            .toList();
    try {
      ImpliedDirectories.inherit(directories.tree(staged.number()), implied, below);
    } catch (IOException e) {
      throw new SnapshotFailure.Storage("commit", key, e);
    }
    ledger.commit(name, key, parent, labels, walk("commit", staged), _ -> {});
  }

  @Override
  public void remove(SnapshotKey key) throws SnapshotFailure {
    var detached = new ArrayList<Path>();
    var _ = ledger.remove(key, gone -> detached.add(directories.detach(gone.number())));
    for (var directory : detached) {
      discard("remove", key, directory);
    }
  }

  @Override
  public Snapshot stat(SnapshotKey key) throws SnapshotFailure {
    return ledger.require("stat", key).snapshot();
  }

  @Override
  public List<Snapshot> list() throws SnapshotFailure {
    return ledger.all().stream().map(SnapshotRecord::snapshot).toList();
  }

  @Override
  public Usage usage(SnapshotKey key) throws SnapshotFailure {
    var snapshot = ledger.require("usage", key);
    return snapshot.snapshot().kind() == SnapshotKind.COMMITTED
        ? snapshot.usage()
        : walk("usage", snapshot);
  }

  private Usage walk(String operation, SnapshotRecord snapshot) throws SnapshotFailure {
    try {
      return directories.usage(snapshot.number());
    } catch (IOException e) {
      throw new SnapshotFailure.Storage(operation, snapshot.key(), e);
    }
  }

  @Override
  public List<String> removeOrphans() throws SnapshotFailure {
    var removed = new ArrayList<String>();
    var known = new HashSet<Long>();
    for (var snapshot : ledger.all()) {
      if (snapshot.snapshot().kind() == SnapshotKind.STAGED) {
        remove(snapshot.key());
        removed.add(snapshot.key().toString());
      } else {
        known.add(snapshot.number());
      }
    }
    try {
      removed.addAll(directories.deleteOthers(known));
      mounts.removeLinksBut(known);
    } catch (IOException e) {
      throw new UncheckedIOException("remove orphans in '" + directories.root() + "'", e);
    }
    return List.copyOf(removed);
  }
}
