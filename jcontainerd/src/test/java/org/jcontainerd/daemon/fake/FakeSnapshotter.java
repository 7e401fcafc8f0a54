package org.jcontainerd.daemon.fake;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jcontainerd.snapshotter.Mount;
import org.jcontainerd.snapshotter.Snapshot;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.SnapshotKind;
import org.jcontainerd.snapshotter.Snapshotter;
import org.jcontainerd.snapshotter.StagedLayer;
import org.jcontainerd.snapshotter.Usage;

/** Active snapshots as entries of a map. */
public final class FakeSnapshotter implements Snapshotter {
  public final ConcurrentHashMap<SnapshotKey, Snapshot> active = new ConcurrentHashMap<>();
  private final Failpoints failpoints;

  public FakeSnapshotter(Failpoints failpoints) {
    this.failpoints = failpoints;
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public List<Mount> prepare(
      SnapshotKey key, Optional<SnapshotKey> parent, Map<String, String> labels)
      throws SnapshotFailure {
    at("snapshot.prepare", key);
    var snapshot = new Snapshot(key, SnapshotKind.ACTIVE, parent, labels, Instant.EPOCH);
    if (active.putIfAbsent(key, snapshot) != null) {
      throw new SnapshotFailure.AlreadyExists("prepare", key);
    }
    return mounts(key);
  }

  @Override
  public List<Mount> mounts(SnapshotKey key) {
    return List.of(new Mount("overlay", "overlay", List.of("lowerdir=/l")));
  }

  @Override
  public void remove(SnapshotKey key) throws SnapshotFailure {
    at("snapshot.remove", key);
    if (active.remove(key) == null) {
      throw new SnapshotFailure.NotFound("remove", key);
    }
  }

  @Override
  public List<Snapshot> list() {
    return List.copyOf(active.values());
  }

  @Override
  public Usage usage(SnapshotKey key) {
    return new Usage(4096, 3);
  }

  @Override
  public List<Mount> view(SnapshotKey key, Optional<SnapshotKey> parent, Map<String, String> labels)
      throws SnapshotFailure {
    return prepare(key, parent, labels);
  }

  @Override
  public void commit(SnapshotKey name, SnapshotKey key, Map<String, String> labels) {
    throw new UnsupportedOperationException("commit");
  }

  @Override
  public StagedLayer stage(SnapshotKey key) {
    throw new UnsupportedOperationException("stage");
  }

  @Override
  public void commitStaged(
      SnapshotKey name,
      SnapshotKey key,
      Optional<SnapshotKey> parent,
      List<String> implied,
      Map<String, String> labels) {
    throw new UnsupportedOperationException("commitStaged");
  }

  @Override
  public Snapshot stat(SnapshotKey key) {
    throw new UnsupportedOperationException("stat");
  }

  @Override
  public List<String> removeOrphans() {
    return List.of();
  }

  private void at(String point, SnapshotKey key) throws SnapshotFailure {
    try {
      failpoints.at(point);
    } catch (IOException e) {
      throw new SnapshotFailure.Storage(point, key, e);
    }
  }
}
