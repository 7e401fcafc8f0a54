package org.jcontainerd.daemon.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.SnapshotKind;
import org.jcontainerd.testing.image.OfflineImages;
import org.jcontainerd.testing.registry.RegistryFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from Debian's docker-registry. */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PullImageRootTest {
  private RegistryFixture registry;
  private ImageWorld world;

  @BeforeAll
  void startRegistry(@TempDir Path shared) throws Exception {
    registry = RegistryFixture.start(Files.createDirectory(shared.resolve("registry")));
    var layout = OfflineImages.variants(shared.resolve("layout"));
    for (var image : layout.images().entrySet()) {
      registry.push(layout, image.getValue(), "library/" + image.getKey());
    }
  }

  @AfterAll
  void stopRegistry() {
    registry.close();
  }

  @BeforeEach
  void openWorld(@TempDir Path directory) throws Exception {
    world = new ImageWorld(directory);
  }

  @AfterEach
  void closeWorld() {
    world.close();
  }

  private String name(String image) {
    return registry.address() + "/library/" + image;
  }

  @Test
  void pull_ofASmallImage_isListedAndCanBePrepared() throws Exception {
    var progress = new PullProgress();
    var image = world.images.pull(ImageName.parse(name("busybox")), Optional.empty(), progress);
    assertEquals(List.of(name("busybox:latest")), image.repoTags());
    assertEquals(1, image.repoDigests().size());
    assertEquals(List.of(image), world.images.list());
    assertEquals(progress.totalBytes(), progress.doneBytes());
    assertEquals(PullProgress.State.DONE, progress.layers().getFirst().state());

    var mounts =
        world.snapshotter.prepare(
            new SnapshotKey("c1"), Optional.of(image.snapshot()), java.util.Map.of());
    assertEquals("overlay", mounts.getFirst().type());
    var lower =
        mounts.getFirst().options().stream()
            .filter(option -> option.startsWith("lowerdir="))
            .findFirst()
            .orElseThrow()
            .substring("lowerdir=".length());
    var shell = Path.of(lower, "bin/sh");
    assertTrue(Files.isExecutable(shell));
    assertEquals(
        Files.readAttributes(shell, "unix:ino"),
        Files.readAttributes(Path.of(lower, "bin/busybox"), "unix:ino"));
    assertEquals(0, world.snapshots(SnapshotKind.STAGED));
  }

  @Test
  void pull_byTagAndTaglessAndDigest_isOneImageWithAllNames() throws Exception {
    var byTag = world.pull(name("image-1:latest"));
    var digest = byTag.repoDigests().getFirst();
    var byDigest = world.pull(digest);
    assertEquals(byTag.id(), byDigest.id());
    assertEquals(1, world.images.list().size());
    for (var reference :
        List.of(
            name("image-1"),
            name("image-1:latest"),
            digest,
            byTag.id().toString(),
            byTag.id().digest().hex(),
            byTag.id().digest().hex().substring(0, 12),
            byTag.id().toString().substring(0, 20))) {
      assertEquals(Optional.of(byTag), world.images.find(reference), reference);
    }
    for (var absent : List.of(name("image-2"), "busybox", "0123456789ab", "..", "", "A b")) {
      assertEquals(Optional.empty(), world.images.find(absent), absent);
    }
  }

  @Test
  void pull_byDigestAlone_hasNoTags() throws Exception {
    var digest = world.pull(name("image-2")).repoDigests().getFirst();
    world.images.remove(digest);
    var image = world.pull(digest);
    assertEquals(List.of(), image.repoTags());
    assertEquals(List.of(digest), image.repoDigests());
  }

  @Test
  void pull_ofImagesWithASharedLayer_fetchesItOnce() throws Exception {
    var _ = world.pull(name("busybox"));
    var progress = new PullProgress();
    var _ = world.images.pull(ImageName.parse(name("image-1")), Optional.empty(), progress);
    assertEquals(
        List.of(PullProgress.State.EXISTS, PullProgress.State.DONE),
        progress.layers().stream().map(PullProgress.Layer::state).toList());
    assertEquals(2, world.snapshots(SnapshotKind.COMMITTED));
  }

  @Test
  void pull_ofTheSameImageByManyAtOnce_isDoneOnce() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var pulls = new ArrayList<Future<Image>>();
      for (int i = 0; i < 20; i++) {
        var name = name(i % 2 == 0 ? "image-1" : "image-2");
        pulls.add(threads.submit(() -> world.pull(name)));
      }
      for (var pull : pulls) {
        assertEquals(1, pull.get().repoTags().size());
      }
    }
    assertEquals(2, world.images.list().size());
    assertEquals(3, world.snapshots(SnapshotKind.COMMITTED));
    assertEquals(3, world.directories().size());
    assertEquals(Map.of(), world.images.pulls());
  }

  @Test
  void remove_byOneName_removesAllNamesAndWhatNobodyElseHas() throws Exception {
    var kept = world.pull(name("image-1"));
    var gone = world.pull(name("image-2"));
    world.images.remove(name("image-2"));
    world.images.remove(name("image-2"));
    world.images.remove("sha256:" + "0".repeat(64));
    assertEquals(List.of(kept), world.images.list());
    assertEquals(Optional.empty(), world.images.find(gone.repoDigests().getFirst()));
    assertEquals(2, world.snapshots(SnapshotKind.COMMITTED));
    assertEquals(2, world.directories().size());
    world.images.remove(kept.id().toString());
    assertEquals(List.of(), world.directories());
    assertEquals(List.of(), world.content.list());
  }

  @Test
  void remove_byManyAtOnce_succeedsForAll() throws Exception {
    var image = world.pull(name("image-3"));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var removals = new ArrayList<Future<Boolean>>();
      for (int i = 0; i < 5; i++) {
        removals.add(
            threads.submit(() -> {
              world.images.remove(image.id().toString());
              return world.images.list().isEmpty();
            }));
      }
      for (var removal : removals) {
        assertTrue(removal.get());
      }
    }
    assertEquals(List.of(), world.directories());
  }

  @Test
  void remove_whileAContainerUsesIt_keepsTheSnapshotsUntilItIsRemoved() throws Exception {
    var image = world.pull(name("image-1"));
    var container = new SnapshotKey("container");
    var _ = world.snapshotter.prepare(container, Optional.of(image.snapshot()), Map.of());
    world.images.remove(image.id().toString());
    assertEquals(List.of(), world.images.list());
    assertEquals(2, world.snapshots(SnapshotKind.COMMITTED));
    world.snapshotter.remove(container);
    world.images.collect();
    assertEquals(List.of(), world.directories());
  }

  @Test
  void pull_afterRemoveWhoseSnapshotsAreKept_worksFromThem() throws Exception {
    var image = world.pull(name("image-1"));
    var container = new SnapshotKey("container");
    var _ = world.snapshotter.prepare(container, Optional.of(image.snapshot()), Map.of());
    world.images.remove(image.id().toString());
    assertEquals(image.id(), world.pull(name("image-1")).id());
    world.snapshotter.remove(container);
  }

  @Test
  void fsUsage_afterAPull_countsBlobsAndSnapshots() throws Exception {
    var before = world.images.fsUsage().images().usage().bytes();
    var image = world.pull(name("busybox"));
    var after = world.images.fsUsage().images().usage().bytes();
    var key = image.snapshot();
    long unpacked = world.snapshotter.usage(key).bytes();
    assertTrue(unpacked > 1_000_000, "unpacked " + unpacked);
    assertEquals(before + unpacked + blobBytes(), after);
  }

  private long blobBytes() throws Exception {
    long sum = 0;
    for (var digest : world.content.list()) {
      sum += world.content.size(digest).orElseThrow();
    }
    return sum;
  }

  @Test
  void images_afterAReopen_areTheSame(@TempDir Path directory) throws Exception {
    List<Image> before;
    try (var first = new ImageWorld(directory)) {
      var _ = first.pull(name("image-1"));
      var _ = first.pull(name("user-1000"));
      before = first.images.list();
    }
    try (var second = new ImageWorld(directory)) {
      assertEquals(before, second.images.list());
      assertEquals(List.of(), second.snapshotter.removeOrphans());
      var users = before.stream().map(image -> image.config().execution().user()).sorted().toList();
      assertEquals(List.of("", "1000"), users);
    }
  }

  @Test
  void pull_interruptedAtOnce_leavesNothing() throws Exception {
    var failure = new java.util.concurrent.CompletableFuture<Throwable>();
    var caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                boolean _ = failure.complete(new AssertionError("" + world.pull(name("image-1"))));
              } catch (ImageFailure | InterruptedException e) {
                boolean _ = failure.complete(e);
              }
            });
    caller.interrupt();
    assertEquals(InterruptedException.class, failure.get().getClass());
    awaitNothingLeft(world);
    assertEquals(List.of(), world.images.list());
  }

  static void awaitNothingLeft(ImageWorld world) throws Exception {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!world.directories().isEmpty() || world.snapshots(SnapshotKind.STAGED) > 0) {
      assertTrue(System.nanoTime() < deadline, "snapshots are left after 10 s");
      Thread.onSpinWait();
    }
  }

  @Test
  void store_afterPulls_isALayoutThatSkopeoReads(@TempDir Path directory) throws Exception {
    var skopeo = Path.of(System.getProperty("jcontainerd.basedir", "."), "target/peers/bin/skopeo");
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Files.isExecutable(skopeo), "skopeo is not unpacked: bin/setup does");
    var image = world.pull(name("image-1"));
    var process =
        new ProcessBuilder(
                skopeo.toString(),
                "inspect",
                "--config",
                "oci:" + world.content.root() + ":" + image.repoTags().getFirst())
            .redirectErrorStream(true)
            .start();
    var output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains(image.config().rootfs().diffIds().getFirst().toString()), output);
  }
}
