package org.jcontainerd.snapshotter;

import java.io.IOException;

/** Why an operation on snapshots failed. The message names the operation, the key and the cause. */
public abstract sealed class SnapshotFailure extends Exception {
  private final transient SnapshotKey key;

  private SnapshotFailure(String operation, SnapshotKey key, String cause) {
    super(operation + " '" + key + "': " + cause);
    this.key = key;
  }

  /** The snapshot that the operation was about. */
  public SnapshotKey key() {
    return key;
  }

  /** The snapshot, or the parent that it should get, does not exist. */
  public static final class NotFound extends SnapshotFailure {
    public NotFound(String operation, SnapshotKey key) {
      super(operation, key, "snapshot not found");
    }

    public NotFound(String operation, SnapshotKey key, SnapshotKey parent) {
      super(operation, key, "parent snapshot '" + parent + "' not found");
    }
  }

  /** The key is taken. Not for a directory that is in the way: that is {@link Storage}. */
  public static final class AlreadyExists extends SnapshotFailure {
    public AlreadyExists(String operation, SnapshotKey key) {
      super(operation, key, "snapshot already exists");
    }
  }

  /** The snapshot is of a kind, or has children, for which the operation is not allowed. */
  public static final class FailedPrecondition extends SnapshotFailure {
    public FailedPrecondition(String operation, SnapshotKey key, String cause) {
      super(operation, key, cause);
    }
  }

  /** The file system refused: full, read-only, damaged. The cause says which call. */
  public static final class Storage extends SnapshotFailure {
    public Storage(String operation, SnapshotKey key, IOException cause) {
      super(operation, key, String.valueOf(cause.getMessage()));
      initCause(cause);
    }
  }
}
