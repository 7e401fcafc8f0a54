package org.jcontainerd.snapshotter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Snapshots in memory, for tests. Thread-safe. */
public final class MapSnapshotStore implements SnapshotStore {
  private Map<SnapshotKey, SnapshotRecord> records = new LinkedHashMap<>();
  private long last;

  @Override
  public synchronized <T> T transaction(Work<T> work) throws SnapshotFailure {
    var copy = new LinkedHashMap<>(records);
    var result = work.run(new Rows(copy));
    records = copy;
    return result;
  }

  @Override
  public synchronized <T> T read(Work<T> work) throws SnapshotFailure {
    return work.run(new Rows(Map.copyOf(records)));
  }

  private final class Rows implements Records {
    private final Map<SnapshotKey, SnapshotRecord> rows;

    Rows(Map<SnapshotKey, SnapshotRecord> rows) {
      this.rows = rows;
    }

    @Override
    public Optional<SnapshotRecord> find(SnapshotKey key) {
      return Optional.ofNullable(rows.get(key));
    }

    @Override
    public List<SnapshotRecord> all() {
      return List.copyOf(rows.values());
    }

    @Override
    public boolean hasChildren(SnapshotKey key) {
      return rows.values().stream()
          .anyMatch(row -> row.snapshot().parent().equals(Optional.of(key)));
    }

    @Override
    public long nextNumber() {
      return ++last;
    }

    @Override
    public void insert(SnapshotRecord snapshot) {
      if (rows.putIfAbsent(snapshot.key(), snapshot) != null) {
        throw new IllegalStateException("key '" + snapshot.key() + "' is taken");
      }
    }

    @Override
    public void replace(SnapshotKey key, SnapshotRecord by) {
      delete(key);
      insert(by);
    }

    @Override
    public void delete(SnapshotKey key) {
      SnapshotRecord _ = rows.remove(key);
    }
  }
}
