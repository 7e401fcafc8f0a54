package org.jcontainerd.snapshotter;

import java.util.List;
import java.util.Optional;

/**
 * Where a snapshotter keeps its records. Thread-safe.
 *
 * <p>A store only stores; what is allowed is decided by the snapshotter inside {@link
 * #transaction}. Nothing of a transaction that throws remains; transactions run one at a time.
 */
public interface SnapshotStore {
  /** Runs work that may write. */
  <T> T transaction(Work<T> work) throws SnapshotFailure;

  /** Runs work that only reads. */
  <T> T read(Work<T> work) throws SnapshotFailure;

  /** Work on the records. */
  @FunctionalInterface
  interface Work<T> {
    T run(Records records) throws SnapshotFailure;
  }

  /**
   * One snapshot and its directory.
   *
   * @param number names the directory; never used twice in the life of a store
   * @param usage counted at the commit; zero before
   */
  record SnapshotRecord(long number, Snapshot snapshot, Usage usage) {
    public SnapshotKey key() {
      return snapshot.key();
    }
  }

  /** The records as one transaction sees them. */
  interface Records {
    Optional<SnapshotRecord> find(SnapshotKey key);

    List<SnapshotRecord> all();

    boolean hasChildren(SnapshotKey key);

    /** A number that no snapshot had before. */
    long nextNumber();

    void insert(SnapshotRecord snapshot);

    /** Replaces the record that has this key by another, which may have another key. */
    void replace(SnapshotKey key, SnapshotRecord by);

    void delete(SnapshotKey key);
  }
}
