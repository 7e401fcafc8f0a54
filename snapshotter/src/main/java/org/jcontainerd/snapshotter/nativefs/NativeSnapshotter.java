package org.jcontainerd.snapshotter.nativefs;

import java.io.IOException;
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
 * Snapshots as full copies of their parents. Thread-safe. Works on every file system, and takes the
 * time and space of a copy for each: the choice where overlayfs does not work.
 */
public final class NativeSnapshotter implements Snapshotter {
  private final SnapshotDirectories directories;
  private final SnapshotLedger ledger;

  private NativeSnapshotter(SnapshotDirectories directories, SnapshotStore store) {
    this.directories = directories;
    this.ledger = new SnapshotLedger(store);
  }

  /** Opens the snapshots below {@code root}, whose records are in {@code store}. */
  public static NativeSnapshotter open(Path root, SnapshotStore store) throws IOException {
    return new NativeSnapshotter(SnapshotDirectories.open(root), store);
  }

  @Override
  public String name() {
    return "native";
  }

  @Override
  public List<Mount> prepare(
      SnapshotKey key, Optional<SnapshotKey> parent, Map<String, String> labels)
      throws SnapshotFailure {
    return mountsOf(create("prepare", key, SnapshotKind.ACTIVE, parent, labels));
  }

  @Override
  public List<Mount> view(SnapshotKey key, Optional<SnapshotKey> parent, Map<String, String> labels)
      throws SnapshotFailure {
    return mountsOf(create("view", key, SnapshotKind.VIEW, parent, labels));
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
    // read before the copy: it decides what is copied, and is checked again with the record
    var below = ledger.parents(operation, key, parent);
    Path made = null;
    boolean done = false;
    try {
      var fresh = directories.makeNew("fs");
      made = fresh;
      // a view is mounted from its parent's tree
      if (!below.isEmpty() && kind == SnapshotKind.ACTIVE) {
        copy(directories.tree(below.getFirst().number()), fresh.resolve("fs"));
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
    } catch (IOException e) {
      throw new SnapshotFailure.Storage(operation, key, e);
    } finally {
      if (!done && made != null) {
        discard(operation, key, made);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var source = Directory.open(from);
        var target = Directory.open(to)) {
      TreeCopy.contents(source, target);
    }
    likeTheRootOf(from, to);
  }

  private static void likeTheRootOf(Path from, Path to) throws IOException {
    try (var model = Directory.open(from);
        var holder = Directory.open(to.resolve(".."))) {
      var stat = FileStat.of(model.fd());
      var name = String.valueOf(to.getFileName());
      holder.changeOwner(name, stat.uid(), stat.gid());
      holder.changeMode(name, stat.permissions());
      holder.setTimes(name, stat.accessed(), stat.modified());
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

  private List<Mount> mountsOf(SnapshotLedger.Stack stack) {
    boolean writable = stack.top().snapshot().kind() == SnapshotKind.ACTIVE;
    var shown = writable || stack.below().isEmpty() ? stack.top() : stack.below().getFirst();
    return List.of(
        new Mount(
            "bind",
            directories.tree(shown.number()).toString(),
            List.of(writable ? "rw" : "ro", "rbind")));
  }

  @Override
  public List<Mount> mounts(SnapshotKey key) throws SnapshotFailure {
    var stack = ledger.stack("mounts", key);
    return switch (stack.top().snapshot().kind()) {
      case ACTIVE, VIEW -> mountsOf(stack);
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
    var below = ledger.parents("commit", name, parent);
    var layer = directories.tree(staged.number());
    try {
      if (!below.isEmpty()) {
        var lower = directories.tree(below.getFirst().number());
        ImpliedDirectories.inherit(layer, implied, List.of(lower));
        stack(lower, layer, staged.number());
      }
    } catch (IOException e) {
      throw new SnapshotFailure.Storage("commit", key, e);
    }
    ledger.commit(name, key, parent, labels, walk("commit", staged), _ -> {});
  }

  /** Replaces a layer's tree by a copy of the one below it with the layer on top. */
  private void stack(Path lower, Path layer, long number) throws IOException {
    var merged = directories.makeNew("fs");
    try {
      copy(lower, merged.resolve("fs"));
      copy(layer, merged.resolve("fs"));
      Path bare = directories.detach(number);
      directories.keep(merged, number);
      directories.delete(bare);
    } catch (IOException e) {
      if (Files.exists(merged)) {
        directories.delete(merged);
      }
      throw e;
    }
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
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("remove orphans in '" + directories.root() + "'", e);
    }
    return List.copyOf(removed);
  }
}
