package org.jcontainerd.snapshotter;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What is known of a snapshot. Immutable. */
public record Snapshot(
    SnapshotKey key,
    SnapshotKind kind,
    Optional<SnapshotKey> parent,
    Map<String, String> labels,
    Instant created) {
  public Snapshot {
    labels = Map.copyOf(labels);
  }
}
