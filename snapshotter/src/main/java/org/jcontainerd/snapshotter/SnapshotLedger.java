package org.jcontainerd.snapshotter;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.snapshotter.SnapshotStore.Records;
import org.jcontainerd.snapshotter.SnapshotStore.SnapshotRecord;

/**
 * What may be done with snapshots, whatever holds their files. Thread-safe.
 *
 * <p>Steps that are passed in run inside the transaction, after all checks and before the commit,
 * so that a failing one leaves no record. They are renames, and nothing longer.
 */
public final class SnapshotLedger {
  private final SnapshotStore store;

  public SnapshotLedger(SnapshotStore store) {
    this.store = store;
  }

  /** Does something to files that belongs to a change of records. */
  @FunctionalInterface
  public interface FileStep {
    void run(SnapshotRecord snapshot) throws IOException;
  }

  /** A snapshot with those below it, the nearest first. */
  public record Stack(SnapshotRecord top, List<SnapshotRecord> below) {
    public Stack {
      below = List.copyOf(below);
    }
  }

  /** Records a new snapshot. */
  public Stack create(
      String operation,
      SnapshotKey key,
      SnapshotKind kind,
      Optional<SnapshotKey> parent,
      Map<String, String> labels,
      FileStep step)
      throws SnapshotFailure {
    return store.transaction(records -> {
      requireFree(records, operation, key);
      var below = requireParents(records, operation, key, parent);
      var snapshot = new Snapshot(key, kind, parent, labels, Instant.now());
      var made = new SnapshotRecord(records.nextNumber(), snapshot, Usage.NONE);
      records.insert(made);
      run(step, operation, made);
      return new Stack(made, below);
    });
  }

  /** Makes a snapshot committed under another name. */
  public void commit(
      SnapshotKey name,
      SnapshotKey key,
      Optional<SnapshotKey> parent,
      Map<String, String> labels,
      Usage usage,
      FileStep step)
      throws SnapshotFailure {
    var _ =
        store.transaction(records -> {
          var from = require(records, "commit", key);
          requireFree(records, "commit", name);
          var _ = requireParents(records, "commit", name, parent);
          var snapshot = new Snapshot(name, SnapshotKind.COMMITTED, parent, labels, Instant.now());
          records.replace(key, new SnapshotRecord(from.number(), snapshot, usage));
          run(step, "commit", from);
          return from;
        });
  }

  /** Forgets a snapshot that has no children. */
  public SnapshotRecord remove(SnapshotKey key, FileStep step) throws SnapshotFailure {
    return store.transaction(records -> {
      var gone = require(records, "remove", key);
      if (records.hasChildren(key)) {
        throw new SnapshotFailure.FailedPrecondition(
            "remove", key, "snapshot is the parent of another");
      }
      records.delete(key);
      run(step, "remove", gone);
      return gone;
    });
  }

  /** A snapshot that must exist and be of a certain kind. */
  public SnapshotRecord require(String operation, SnapshotKey key, SnapshotKind kind)
      throws SnapshotFailure {
    var found = store.read(records -> require(records, operation, key));
    if (found.snapshot().kind() != kind) {
      throw new SnapshotFailure.FailedPrecondition(
          operation, key, "snapshot is " + found.snapshot().kind() + ", must be " + kind);
    }
    return found;
  }

  public SnapshotRecord require(String operation, SnapshotKey key) throws SnapshotFailure {
    return store.read(records -> require(records, operation, key));
  }

  public Stack stack(String operation, SnapshotKey key) throws SnapshotFailure {
    return store.read(records -> {
      var top = require(records, operation, key);
      return new Stack(top, requireParents(records, operation, key, top.snapshot().parent()));
    });
  }

  /** A parent that is about to be used, with those below it, nearest first. */
  public List<SnapshotRecord> parents(
      String operation, SnapshotKey key, Optional<SnapshotKey> parent) throws SnapshotFailure {
    return store.read(records -> requireParents(records, operation, key, parent));
  }

  public List<SnapshotRecord> all() throws SnapshotFailure {
    return store.read(Records::all);
  }

  private static SnapshotRecord require(Records records, String operation, SnapshotKey key)
      throws SnapshotFailure {
    return records.find(key).orElseThrow(() -> new SnapshotFailure.NotFound(operation, key));
  }

  private static void requireFree(Records records, String operation, SnapshotKey key)
      throws SnapshotFailure {
    if (records.find(key).isPresent()) {
      throw new SnapshotFailure.AlreadyExists(operation, key);
    }
  }

  private static List<SnapshotRecord> requireParents(
      Records records, String operation, SnapshotKey key, Optional<SnapshotKey> parent)
      throws SnapshotFailure {
    var below = new ArrayList<SnapshotRecord>();
    for (var next = parent; next.isPresent(); ) {
      var wanted = next.get();
      var found =
          records
              .find(wanted)
              .orElseThrow(() -> new SnapshotFailure.NotFound(operation, key, wanted));
      if (found.snapshot().kind() != SnapshotKind.COMMITTED) {
        throw new SnapshotFailure.FailedPrecondition(
            operation,
            key,
            "parent '" + wanted + "' is " + found.snapshot().kind() + ", must be COMMITTED");
      }
      below.add(found);
      next = found.snapshot().parent();
    }
    return List.copyOf(below);
  }

  private static void run(FileStep step, String operation, SnapshotRecord snapshot)
      throws SnapshotFailure {
    try {
      step.run(snapshot);
    } catch (IOException e) {
      throw new SnapshotFailure.Storage(operation, snapshot.key(), e);
    }
  }
}
