package org.jcontainerd.daemon.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jcontainerd.daemon.content.ContentStore;
import org.jcontainerd.oci.image.ChainId;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.snapshotter.Snapshot;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.SnapshotKind;
import org.jcontainerd.snapshotter.Snapshotter;

/**
 * Removes the snapshots and blobs that no image has. Thread-safe.
 *
 * <p>What a container is prepared from stays, since it is a parent, and goes with a later run.
 * Blobs of failed pulls stay for an hour, so that the next attempt finds them.
 */
final class CollectImages {
  private static final Duration KEEP_UNUSED = Duration.ofHours(1);

  private final ContentStore content;
  private final Snapshotter snapshotter;
  private final ImageRecords records;
  private final Leases leases;

  CollectImages(
      ContentStore content, Snapshotter snapshotter, ImageRecords records, Leases leases) {
    this.content = content;
    this.snapshotter = snapshotter;
    this.records = records;
    this.leases = leases;
  }

  /**
   * @param unwanted blobs that are removed however new they are, if no image has them
   */
  void run(Set<Digest> unwanted) throws SnapshotFailure, IOException {
    snapshots();
    blobs(unwanted);
  }

  private void snapshots() throws SnapshotFailure {
    boolean removed = true;
    while (removed) { // each round takes what has become the top of its stack
      removed = false;
      for (var snapshot : snapshotter.list()) {
        if (isOfImage(snapshot)) {
          removed |= remove(snapshot.key());
        }
      }
    }
  }

  private static boolean isOfImage(Snapshot snapshot) {
    return snapshot.kind() == SnapshotKind.COMMITTED
        && snapshot.labels().containsKey(LayerPull.LABEL);
  }

  private boolean remove(SnapshotKey key) throws SnapshotFailure {
    var chainId = new ChainId(Digest.parse(key.value()));
    var removed = new boolean[1];
    boolean _ =
        leases.ifFree(
            chainId,
            () -> {
              if (!usedChains().contains(chainId)) {
                removed[0] = tryRemove(key);
              }
            });
    return removed[0];
  }

  private boolean tryRemove(SnapshotKey key) throws SnapshotFailure {
    try {
      snapshotter.remove(key);
      return true;
    } catch (SnapshotFailure.FailedPrecondition e) {
      return false; // a container or another layer stands on it
    } catch (SnapshotFailure.NotFound e) {
      return false; // another run was quicker
    }
  }

  private Set<ChainId> usedChains() {
    var used = new HashSet<ChainId>();
    for (var image : records.images()) {
      used.addAll(ChainId.chain(image.config().rootfs().diffIds()));
    }
    return used;
  }

  private void blobs(Set<Digest> unwanted) throws IOException {
    for (var digest : content.list()) {
      if (unwanted.contains(digest) || isOld(digest)) {
        boolean _ =
            leases.ifFree(
                digest,
                () -> {
                  if (!isUsed(digest)) {
                    content.delete(digest);
                  }
                });
      }
    }
  }

  private boolean isUsed(Digest digest) {
    return records.entries().values().stream().anyMatch(entry -> entry.blobs().contains(digest));
  }

  private boolean isOld(Digest digest) throws IOException {
    try {
      var modified = Files.getLastModifiedTime(content.path(digest)).toInstant();
      return modified.isBefore(Instant.now().minus(KEEP_UNUSED));
    } catch (NoSuchFileException e) {
      return false; // another run was quicker
    }
  }
}
