package org.jcontainerd.daemon.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jcontainerd.daemon.concurrent.KeyedLocks;
import org.jcontainerd.daemon.content.ContentStore;
import org.jcontainerd.daemon.metadata.Database;
import org.jcontainerd.daemon.metadata.Migration;
import org.jcontainerd.daemon.registry.RegistryAuth;
import org.jcontainerd.daemon.registry.RegistryClient;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.oci.image.Annotation;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.oci.image.Platform;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKind;
import org.jcontainerd.snapshotter.Snapshotter;
import org.jcontainerd.snapshotter.Usage;
import org.jcontainerd.snapshotter.layer.LayerApplier;
import org.jcontainerd.snapshotter.layer.LayerLimits;

/**
 * The images of this node: records in the database, blobs and snapshots on its disk. Thread-safe.
 */
public final class LocalImages implements Images {
  /** The tables of this package. */
  public static final List<Migration> MIGRATIONS = ImageRecords.MIGRATIONS;

  private final ContentStore content;
  private final Snapshotter snapshotter;
  private final ImageRecords records;
  private final CollectImages collector;
  private final PullImage.Shared shared;
  private final Flights<PullKey, Image> pulls =
      new Flights<>(Thread.ofVirtual().name("pull-", 0).factory());
  private final Map<ImageName, PullProgress> progresses = new ConcurrentHashMap<>();
  private final ReentrantLock indexLock = new ReentrantLock();

  private record PullKey(ImageName name, Optional<RegistryAuth> auth) {}

  /**
   * @param layersAtOnce how many layers, of all pulls together, are fetched and unpacked at a time
   */
  public LocalImages(
      Database database,
      ContentStore content,
      Snapshotter snapshotter,
      RegistryClient registry,
      int layersAtOnce) {
    this.content = content;
    this.snapshotter = snapshotter;
    this.records = new ImageRecords(database);
    var leases = new Leases();
    this.collector = new CollectImages(content, snapshotter, records, leases);
    var parts =
        new LayerPull.Parts(
            content,
            snapshotter,
            new LayerApplier(LayerLimits.DEFAULT),
            new Semaphore(layersAtOnce, true),
            new KeyedLocks<>());
    this.shared =
        new PullImage.Shared(
            registry,
            PlatformMatch.forHost(Platform.host()),
            parts,
            new Flights<>(Thread.ofPlatform().daemon().name("layer-", 0).factory()),
            records,
            leases);
  }

  @Override
  public Image pull(ImageName name, Optional<RegistryAuth> auth, PullProgress progress)
      throws ImageFailure, InterruptedException {
    // a digest says more than a tag beside it
    var wanted = name.digest().map(name::withDigest).orElse(name);
    progresses.putIfAbsent(wanted, progress);
    try (var ticket =
        pulls.join(
            new PullKey(wanted, auth), () -> new PullImage(shared, wanted, auth, progress).run())) {
      if (!ticket.isFirst()) {
        var leader = progresses.get(wanted);
        progress.follow(leader == null ? progress : leader);
      }
      var image = ticket.await();
      writeIndex(wanted);
      return image;
    } catch (ExecutionException e) {
      throw PullImage.rethrow(e, wanted);
    } finally {
      boolean _ = progresses.remove(wanted, progress);
    }
  }

  @Override
  public Optional<Image> find(String referenceOrId) throws ImageFailure {
    return records.find(referenceOrId.strip()).map(ImageRecords.Entry::image);
  }

  @Override
  public List<Image> list() {
    return records.images();
  }

  @Override
  public void remove(String referenceOrId) throws ImageFailure {
    var found = records.find(referenceOrId.strip());
    if (found.isEmpty()) {
      return;
    }
    var entry = found.get();
    records.delete(entry.image().id());
    try {
      collector.run(entry.blobs());
      writeIndex();
    } catch (SnapshotFailure | IOException e) {
      throw new ImageFailure.Storage("remove", referenceOrId, e);
    }
  }

  @Override
  public void collect() throws ImageFailure {
    try {
      collector.run(Set.of());
    } catch (SnapshotFailure | IOException e) {
      throw new ImageFailure.Storage("collect unused parts of", "*", e);
    }
  }

  @Override
  public Map<ImageName, PullProgress> pulls() {
    return new HashMap<>(progresses);
  }

  @Override
  public FsUsage fsUsage() throws ImageFailure {
    var images = Usage.NONE;
    var containers = Usage.NONE;
    try {
      for (var snapshot : snapshotter.list()) {
        if (snapshot.kind() == SnapshotKind.COMMITTED) {
          images = images.plus(snapshotter.usage(snapshot.key()));
        } else if (snapshot.kind() == SnapshotKind.ACTIVE) {
          containers = containers.plus(usage(snapshot.key()));
        }
      }
      for (var digest : content.list()) {
        images = images.plus(new Usage(content.size(digest).orElse(0L), 1));
      }
    } catch (SnapshotFailure | IOException e) {
      throw new ImageFailure.Storage("count space of", "*", e);
    }
    return new FsUsage(
        new FsUsage.Filesystem(content.root(), images),
        new FsUsage.Filesystem(content.root(), containers));
  }

  private Usage usage(org.jcontainerd.snapshotter.SnapshotKey key) throws SnapshotFailure {
    try {
      return snapshotter.usage(key);
    } catch (SnapshotFailure.NotFound e) {
      return Usage.NONE; // removed since the list was made
    }
  }

  private void writeIndex(ImageName name) throws ImageFailure {
    try {
      writeIndex();
    } catch (IOException e) {
      throw PullFailures.disk(name, e);
    }
  }

  /** Lets tools that read OCI layouts find the images by name. */
  private void writeIndex() throws IOException {
    indexLock.lock();
    try {
      var manifests = new ArrayList<Descriptor>();
      for (var entry : records.entries().values()) {
        var image = entry.image();
        for (var name : image.repoTags().isEmpty() ? image.repoDigests() : image.repoTags()) {
          manifests.add(entry.manifest().withAnnotations(Map.of(Annotation.REF_NAME, name)));
        }
      }
      content.writeIndex(manifests);
    } finally {
      indexLock.unlock();
    }
  }
}
