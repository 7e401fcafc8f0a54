package org.jcontainerd.daemon.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
}
