package org.jcontainerd.snapshotter.overlayfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.mount.Mounts;
import org.jcontainerd.snapshotter.MapSnapshotStore;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.SnapshotStore;
import org.jcontainerd.snapshotter.Snapshotter;
import org.jcontainerd.snapshotter.SnapshotterContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlayfsSnapshotterRootTest extends SnapshotterContract {
  @Override
  protected Snapshotter open(Path root, SnapshotStore store) throws IOException {
    return OverlayfsSnapshotter.open(root, store);
  }

  @Test
  void prepare_onMoreLayersThanAPageNames_canBeMounted(@TempDir Path directory) throws Exception {
    var root = directory.resolve("a/rather/long/path/to/the/snapshots");
    var links = directory.resolve("l");
    var snapshotter = OverlayfsSnapshotter.open(root, links, new MapSnapshotStore());
    Optional<SnapshotKey> below = Optional.empty();
    for (int i = 0; i < 100; i++) {
      var staged = snapshotter.stage(new SnapshotKey("stage"));
      Path _ = Files.writeString(staged.directory().resolve("file" + i), "x");
      var name = new SnapshotKey("layer" + i);
      snapshotter.commitStaged(name, staged.key(), below, List.of(), Map.of());
      below = Optional.of(name);
    }
    var mount = snapshotter.prepare(new SnapshotKey("c"), below, Map.of()).getFirst();
    var options = String.join(",", mount.options());
    assertTrue(options.length() < 4096, "options have " + options.length() + " characters");
    var target = Files.createDirectory(directory.resolve("mount"));
    Mounts.mount(mount.source(), target, mount.type(), java.util.Set.of(), options);
    try (var files = Files.list(target)) {
      assertEquals(100, files.count());
    } finally {
      Mounts.unmount(target);
    }
  }

  @Test
  void probe_here_isAvailable(@TempDir Path directory) throws Exception {
    assertEquals(new OverlayfsProbe.Available(), OverlayfsProbe.run(directory));
    try (var files = Files.list(directory)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void probe_whereItCannotWork_saysWhy() throws Exception {
    var result = OverlayfsProbe.run(Path.of("/proc"));
    assertTrue(result instanceof OverlayfsProbe.Unavailable, result::toString);
  }
}
