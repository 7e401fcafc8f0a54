package org.jcontainerd.snapshotter;

/** What may be done with a snapshot. */
public enum SnapshotKind {
  /** Writable; may be committed. */
  ACTIVE,
  /** Read-only sight of a committed snapshot; never committed. */
  VIEW,
  /** Immutable; the only kind that can be a parent. */
  COMMITTED,
  /** A layer's own directory while it is being unpacked; has no parent and no mounts. */
  STAGED
}
