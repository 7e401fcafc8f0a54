package org.jcontainerd.snapshotter;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes and keeps file systems for containers. Thread-safe. Never mounts anything.
 *
 * <h2>The model</h2>
 *
 * A <em>committed</em> snapshot is an immutable directory tree, and the difference to its parent,
 * which is committed too. An <em>active</em> snapshot starts as its parent (or empty), can be
 * written through its mounts, and ends by {@link #commit} or {@link #remove}. A <em>view</em> is an
 * active snapshot that cannot be written or committed. All keys are one name space.
 *
 * <pre>
 *   prepare("c1", parent "L2")  -> mounts; the shim mounts them as the container's root
 *   remove("c1")                   when the container is removed; "L2" could not be removed before
 * </pre>
 *
 * <h2>Layers</h2>
 *
 * Layers of an image are unpacked at the same time, each in a <em>staged</em> directory that has no
 * parent yet, and take their place one after the other once all digests are known:
 *
 * <pre>
 *   stage("tmp 1"), stage("tmp 2")                     unpack both at once
 *   commitStaged("L1", "tmp 1", no parent, ...)
 *   commitStaged("L2", "tmp 2", parent "L1", ...)      now "L2" can be prepared from
 * </pre>
 *
 * <h2>Crashes</h2>
 *
 * A snapshot exists once its record does. Whatever a crash leaves without a record is removed by
 * {@link #removeOrphans}, which the daemon calls before it serves.
 */
public interface Snapshotter {
  /** The name that callers choose it by, such as "overlayfs". */
  String name();

  /**
   * Makes a writable snapshot.
   *
   * @param parent a committed snapshot; empty for an empty tree
   * @return what to mount to get its tree
   * @throws SnapshotFailure.AlreadyExists if the key is taken
   * @throws SnapshotFailure.NotFound if the parent does not exist
   * @throws SnapshotFailure.FailedPrecondition if the parent is not committed
   */
  List<Mount> prepare(SnapshotKey key, Optional<SnapshotKey> parent, Map<String, String> labels)
      throws SnapshotFailure;

  /** As {@link #prepare}, read-only. */
  List<Mount> view(SnapshotKey key, Optional<SnapshotKey> parent, Map<String, String> labels)
      throws SnapshotFailure;

  /**
   * The mounts that {@link #prepare} or {@link #view} answered, also after a restart.
   *
   * @throws SnapshotFailure.FailedPrecondition if the snapshot is committed or staged
   */
  List<Mount> mounts(SnapshotKey key) throws SnapshotFailure;

  /**
   * Makes an active snapshot immutable under another name; the key is free afterwards. Nobody may
   * have it mounted writable any more.
   *
   * @throws SnapshotFailure.AlreadyExists if the name is taken; the active snapshot stays
   */
  void commit(SnapshotKey name, SnapshotKey key, Map<String, String> labels) throws SnapshotFailure;

  /** Makes an empty directory for one layer. */
  StagedLayer stage(SnapshotKey key) throws SnapshotFailure;

  /**
   * Puts a staged layer on top of a parent.
   *
   * @param implied directories below the staged directory, parents first, that the layer did not
   *     describe; they take mode, owner and times from the parent where it has them
   * @throws SnapshotFailure.AlreadyExists if the name is taken; the staged layer stays
   */
  void commitStaged(
      SnapshotKey name,
      SnapshotKey key,
      Optional<SnapshotKey> parent,
      List<String> implied,
      Map<String, String> labels)
      throws SnapshotFailure;

  /**
   * Removes a snapshot and frees its space.
   *
   * @throws SnapshotFailure.NotFound if there is none, which a teardown takes as success
   * @throws SnapshotFailure.FailedPrecondition if it is the parent of another
   */
  void remove(SnapshotKey key) throws SnapshotFailure;

  /** What is known of a snapshot. */
  Snapshot stat(SnapshotKey key) throws SnapshotFailure;

  /** Every snapshot, in no order. */
  List<Snapshot> list() throws SnapshotFailure;

  /** The space it takes without its parents: counted now, or at the commit if it is committed. */
  Usage usage(SnapshotKey key) throws SnapshotFailure;

  /**
   * Removes directories without a record and staged layers that nobody will finish. Only for the
   * start, before anything else is called.
   *
   * @return what was removed, for the log
   */
  List<String> removeOrphans() throws SnapshotFailure;
}
