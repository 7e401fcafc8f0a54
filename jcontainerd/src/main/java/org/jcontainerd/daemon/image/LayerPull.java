package org.jcontainerd.daemon.image;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jcontainerd.daemon.concurrent.KeyedLocks;
import org.jcontainerd.daemon.content.ContentFailure;
import org.jcontainerd.daemon.content.ContentStore;
import org.jcontainerd.daemon.image.ResolvedImage.LayerPlan;
import org.jcontainerd.daemon.registry.RegistrySession;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.oci.image.ChainId;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.SnapshotKind;
import org.jcontainerd.snapshotter.Snapshotter;
import org.jcontainerd.snapshotter.StagedLayer;
import org.jcontainerd.snapshotter.layer.AppliedLayer;
import org.jcontainerd.snapshotter.layer.LayerApplier;
import org.jcontainerd.snapshotter.layer.LayerException;

/**
 * Brings one layer here: fetches and unpacks it in one pass into a staged directory, checks both
 * digests, waits for the layer below, and takes its place on top of it. Runs on a platform thread
 * of its own, since it works in the kernel.
 */
final class LayerPull {
  /** Marks committed snapshots that belong to images: the collector touches no others. */
  static final String LABEL = "org.jcontainerd.image/layer";

  private final Parts parts;
  private final RegistrySession registry;
  private final ImageName name;
  private final LayerPlan layer;
  private final PullProgress.LayerCounter progress;

  /**
   * What all pulls share.
   *
   * @param places how many layers are fetched and unpacked at a time
   * @param blobLocks one pull at a time for a blob: the next finds it in the store
   */
  record Parts(
      ContentStore content,
      Snapshotter snapshotter,
      LayerApplier applier,
      Semaphore places,
      KeyedLocks<Digest> blobLocks) {}

  LayerPull(
      Parts parts,
      RegistrySession registry,
      ImageName name,
      LayerPlan layer,
      PullProgress.LayerCounter progress) {
    this.parts = parts;
    this.registry = registry;
    this.name = name;
    this.layer = layer;
    this.progress = progress;
  }

  /** Waits until the layer below is committed. */
  @FunctionalInterface
  interface Below {
    /** The committed layer below; empty for the lowest. */
    Optional<ChainId> await() throws ImageFailure, InterruptedException;
  }

  /** Returns when the layer's snapshot is committed. */
  ChainId run(Below below) throws ImageFailure, InterruptedException {
    try {
      return staged(below);
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      var interrupted = new InterruptedException("pull of layer '" + layer.blob().digest() + "'");
      var _ = interrupted.initCause(e);
      throw interrupted;
    } catch (LayerException e) {
      throw PullFailures.of(name, e, layer.blob().digest().toString());
    } catch (BlobFetch.TransportException e) {
      throw e.getCause() instanceof org.jcontainerd.daemon.registry.RegistryFailure failure
          ? PullFailures.of(name, failure)
          : PullFailures.transport(name, e);
    } catch (ContentFailure e) {
      throw PullFailures.of(name, e);
    } catch (SnapshotFailure e) {
      throw PullFailures.of(name, e);
    } catch (IOException e) {
      throw PullFailures.disk(name, e);
    }
  }

  private ChainId staged(Below below)
      throws ImageFailure, InterruptedException, SnapshotFailure, IOException, ContentFailure {
    if (isCommitted()) {
      return layer.chainId(); // by a pull that ended after this one looked
    }
    parts.places().acquire();
    boolean held = true;
    Optional<StagedLayer> staged = Optional.empty();
    boolean committed = false;
    try {
      progress.is(PullProgress.State.DOWNLOADING);
      var key = new SnapshotKey("stage " + layer.diffId() + " " + UUID.randomUUID());
      staged = Optional.of(parts.snapshotter().stage(key));
      var applied = apply(staged.get());
      progress.is(PullProgress.State.UNPACKED);
      parts.places().release();
      held = false;
      commit(key, applied, below.await());
      committed = true;
      progress.is(PullProgress.State.DONE);
      return layer.chainId();
    } finally {
      if (held) {
        parts.places().release();
      }
      if (staged.isPresent() && !committed) {
        parts.snapshotter().remove(staged.get().key());
      }
    }
  }

  private boolean isCommitted() throws SnapshotFailure {
    try {
      var there = parts.snapshotter().stat(new SnapshotKey(layer.chainId().toString()));
      return there.kind() == SnapshotKind.COMMITTED;
    } catch (SnapshotFailure.NotFound e) {
      return false;
    }
  }

  private void commit(SnapshotKey key, AppliedLayer applied, Optional<ChainId> below)
      throws SnapshotFailure {
    parts
        .snapshotter()
        .commitStaged(
            new SnapshotKey(layer.chainId().toString()),
            key,
            below.map(chain -> new SnapshotKey(chain.toString())),
            applied.implied(),
            Map.of(LABEL, layer.diffId().toString()));
  }

  private AppliedLayer apply(StagedLayer staged)
      throws ImageFailure, InterruptedException, IOException, ContentFailure {
    try (var _ = parts.blobLocks().acquire(layer.blob().digest())) {
      var applied = parts.content().has(layer.blob()) ? fromStore(staged) : fromRegistry(staged);
      if (!applied.diffId().equals(layer.diffId())) {
        // a stored blob was right when it was stored; whatever it is now, it must not be used again
        parts.content().delete(layer.blob().digest());
        throw new ImageFailure.DigestMismatch(
            "pull",
            name.toString(),
            "layer '%s' unpacks to '%s', expected '%s'"
                .formatted(layer.blob().digest(), applied.diffId(), layer.diffId()));
      }
      return applied;
    }
  }

  private AppliedLayer fromStore(StagedLayer staged) throws IOException, ContentFailure {
    try (var blob = new StoredBlob(parts.content().openForRead(layer.blob().digest()), progress)) {
      return parts.applier().apply(blob, staged.directory(), layer.diffId(), progress::unpacked);
    }
  }

  private AppliedLayer fromRegistry(StagedLayer staged) throws IOException, ContentFailure {
    try (var ingest = parts.content().ingest(layer.blob().digest());
        var blob = new BlobFetch(registry, layer.blob(), ingest, progress)) {
      AppliedLayer applied;
      try {
        applied =
            parts.applier().apply(blob, staged.directory(), layer.diffId(), progress::unpacked);
      } catch (LayerException e) {
        // bytes that are not those announced are malformed in some way or other: say the cause
        blob.verify();
        throw e;
      }
      blob.commit();
      return applied;
    }
  }
}
