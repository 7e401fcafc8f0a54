package org.jcontainerd.snapshotter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.DeviceNumber;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.FileType;
import org.jcontainerd.linux.mount.MountFlag;
import org.jcontainerd.linux.mount.Mounts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every snapshotter promises: one test for each promise of {@link Snapshotter}. */
@Tag("root")
@SuppressWarnings("exports") // the test jar is read by class path alone
public abstract class SnapshotterContract {
  private static final Optional<SnapshotKey> NONE = Optional.empty();

  @TempDir Path directory;
  private Path root;
  private SnapshotStore store;
  private Snapshotter snapshotter;
  private int mountCount;
  private final List<Path> mounted = new ArrayList<>();

  /** Opens the snapshotter under test. */
  protected abstract Snapshotter open(Path root, SnapshotStore store) throws IOException;

  @BeforeEach
  void openSnapshotter() throws IOException {
    root = directory.resolve("root");
    store = new MapSnapshotStore();
    snapshotter = open(root, store);
  }

  @AfterEach
  void unmountAll() throws LinuxException {
    for (var target : mounted.reversed()) {
      Mounts.unmount(target);
    }
  }

  private static SnapshotKey key(String text) {
    return new SnapshotKey(text);
  }

  private static Optional<SnapshotKey> on(String text) {
    return Optional.of(key(text));
  }

  private Path mount(List<Mount> mounts) throws IOException {
    var target = Files.createDirectory(directory.resolve("mount" + mountCount++));
    for (var mount : mounts) {
      boolean readOnly = mount.options().contains("ro");
      if (mount.type().equals("bind")) {
        Mounts.bind(Path.of(mount.source()), target, true);
        mounted.add(target);
        if (readOnly) {
          Mounts.remountBind(target, EnumSet.of(MountFlag.READ_ONLY));
        }
      } else {
        Mounts.mount(
            mount.source(), target, mount.type(), Set.of(), String.join(",", mount.options()));
        mounted.add(target);
      }
    }
    return target;
  }

  private void unmount(Path target) throws LinuxException {
    Mounts.unmount(target);
    boolean _ = mounted.remove(target);
  }

  /** Commits a snapshot with one more file. */
  private void layer(String name, Optional<SnapshotKey> parent, String file) throws Exception {
    var target = mount(snapshotter.prepare(key("making " + name), parent, Map.of()));
    Path _ = Files.writeString(target.resolve(file), "of " + name);
    unmount(target);
    snapshotter.commit(key(name), key("making " + name), Map.of("label", name));
  }

  @Test
  void prepare_withoutParent_isEmptyAndWritable() throws Exception {
    var target = mount(snapshotter.prepare(key("a"), NONE, Map.of()));
    Path _ = Files.writeString(target.resolve("file"), "x");
    assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
  }

  @Test
  void prepare_onAStack_seesEveryLayerAndChangesNone() throws Exception {
    layer("one", NONE, "first");
    layer("two", on("one"), "second");
    layer("three", on("two"), "third");
    var target = mount(snapshotter.prepare(key("c"), on("three"), Map.of()));
    assertEquals("of one", Files.readString(target.resolve("first")));
    assertEquals("of three", Files.readString(target.resolve("third")));
    Files.delete(target.resolve("first"));
    Path _ = Files.writeString(target.resolve("second"), "changed");
    var other = mount(snapshotter.view(key("v"), on("three"), Map.of()));
    assertEquals("of one", Files.readString(other.resolve("first")));
    assertEquals("of two", Files.readString(other.resolve("second")));
  }

  @Test
  void view_isReadOnly() throws Exception {
    layer("one", NONE, "first");
    layer("two", on("one"), "second");
    for (var parent : List.of("one", "two")) {
      var target = mount(snapshotter.view(key("view of " + parent), on(parent), Map.of()));
      assertThrows(IOException.class, () -> Files.writeString(target.resolve("new"), "x"));
    }
    assertThrows(
        SnapshotFailure.FailedPrecondition.class,
        () -> snapshotter.commit(key("x"), key("view of one"), Map.of()));
  }

  @Test
  void mounts_afterAReopen_areTheSame() throws Exception {
    layer("one", NONE, "first");
    var mounts = snapshotter.prepare(key("a"), on("one"), Map.of());
    assertEquals(mounts, open(root, store).mounts(key("a")));
    assertThrows(SnapshotFailure.FailedPrecondition.class, () -> snapshotter.mounts(key("one")));
    assertThrows(SnapshotFailure.NotFound.class, () -> snapshotter.mounts(key("absent")));
  }

  @Test
  void prepare_keyTaken_isRefusedAndLeavesNothing() throws Exception {
    var _ = snapshotter.prepare(key("a"), NONE, Map.of());
    var before = directories();
    var failure =
        assertThrows(
            SnapshotFailure.AlreadyExists.class,
            () -> snapshotter.prepare(key("a"), NONE, Map.of()));
    assertEquals("prepare 'a': snapshot already exists", failure.getMessage());
    assertEquals(before, directories());
  }

  @Test
  void prepare_parentAbsentOrNotCommitted_isRefusedAndLeavesNothing() throws Exception {
    var _ = snapshotter.prepare(key("a"), NONE, Map.of());
    var before = directories();
    assertThrows(
        SnapshotFailure.NotFound.class,
        () -> snapshotter.prepare(key("b"), on("absent"), Map.of()));
    assertThrows(
        SnapshotFailure.FailedPrecondition.class,
        () -> snapshotter.prepare(key("b"), on("a"), Map.of()));
    assertEquals(before, directories());
  }

  private List<String> directories() throws IOException {
    try (var files = Files.list(root.resolve("snapshots"))) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void commit_freesTheKeyAndKeepsParentAndLabels() throws Exception {
    layer("one", NONE, "first");
    layer("two", on("one"), "second");
    var committed = snapshotter.stat(key("two"));
    assertEquals(SnapshotKind.COMMITTED, committed.kind());
    assertEquals(on("one"), committed.parent());
    assertEquals(Map.of("label", "two"), committed.labels());
    assertThrows(SnapshotFailure.NotFound.class, () -> snapshotter.stat(key("making two")));
  }

  @Test
  void commit_nameTaken_keepsTheActiveSnapshot() throws Exception {
    layer("one", NONE, "first");
    var _ = snapshotter.prepare(key("a"), NONE, Map.of());
    assertThrows(
        SnapshotFailure.AlreadyExists.class,
        () -> snapshotter.commit(key("one"), key("a"), Map.of()));
    assertEquals(SnapshotKind.ACTIVE, snapshotter.stat(key("a")).kind());
  }

  @Test
  void remove_parentOfAnother_isRefusedUntilThatIsGone() throws Exception {
    layer("one", NONE, "first");
    var _ = snapshotter.prepare(key("a"), on("one"), Map.of());
    assertThrows(SnapshotFailure.FailedPrecondition.class, () -> snapshotter.remove(key("one")));
    snapshotter.remove(key("a"));
    snapshotter.remove(key("one"));
    assertThrows(SnapshotFailure.NotFound.class, () -> snapshotter.remove(key("one")));
    assertEquals(List.of(), snapshotter.list());
    assertEquals(List.of(), directories());
  }

  @Test
  void usage_countsWhatTheSnapshotAdds() throws Exception {
    layer("one", NONE, "first");
    var target = mount(snapshotter.prepare(key("a"), on("one"), Map.of()));
    var before = snapshotter.usage(key("a"));
    Path _ = Files.write(target.resolve("big"), new byte[1 << 20]);
    Path _ = Files.createLink(target.resolve("again"), target.resolve("big"));
    var after = snapshotter.usage(key("a"));
    assertEquals(1 << 20, after.bytes() - before.bytes());
    assertEquals(1, after.inodes() - before.inodes());
  }

  @Test
  void usage_ofAVeryDeepTree_isCountedAndTheTreeCanBeRemoved() throws Exception {
    var target = mount(snapshotter.prepare(key("a"), NONE, Map.of()));
    int depth = 600;
    try (var top = Directory.open(target)) {
      var current = top;
      for (int i = 0; i < depth; i++) {
        current.makeDirectory("a-rather-long-name-of-a-directory", 0755);
        var next = current.openDirectory("a-rather-long-name-of-a-directory");
        if (current != top) {
          current.close();
        }
        current = next;
      }
      current.close();
    }
    assertEquals(depth + 1, snapshotter.usage(key("a")).inodes());
    unmount(target);
    snapshotter.remove(key("a"));
    assertEquals(List.of(), directories());
  }

  @Test
  void commitStaged_stacksLayersThatWereMadeApart() throws Exception {
    var lower = snapshotter.stage(key("stage 1"));
    var upper = snapshotter.stage(key("stage 2"));
    fill(lower.directory(), "etc", "passwd");
    fill(lower.directory(), "etc", "gone");
    var closed = Files.createDirectory(lower.directory().resolve("root"));
    Path _ = Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    fill(upper.directory(), "etc", "hosts");
    fill(upper.directory(), "root", "profile");
    try (var etc = Directory.open(upper.directory().resolve("etc"))) {
      etc.makeNode("gone", FileType.CHARACTER_DEVICE, 0, new DeviceNumber(0, 0));
    }
    snapshotter.commitStaged(key("L1"), lower.key(), NONE, List.of(), Map.of());
    snapshotter.commitStaged(key("L2"), upper.key(), on("L1"), List.of("root"), Map.of());
    var target = mount(snapshotter.prepare(key("c"), on("L2"), Map.of()));
    assertTrue(Files.exists(target.resolve("etc/passwd")));
    assertTrue(Files.exists(target.resolve("etc/hosts")));
    assertFalse(Files.exists(target.resolve("etc/gone"), LinkOption.NOFOLLOW_LINKS));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve("root"))));
    assertTrue(Files.exists(target.resolve("root/profile")));
  }

  private static void fill(Path tree, String directory, String file) throws IOException {
    var parent = Files.createDirectories(tree.resolve(directory));
    Path _ = Files.writeString(parent.resolve(file), file);
  }

  @Test
  void removeOrphans_removesWhatHasNoRecordAndWhatWasStaged() throws Exception {
    layer("one", NONE, "first");
    var kept = directories();
    var _ = snapshotter.stage(key("stage"));
    Path _ = Files.createDirectories(root.resolve("snapshots/new-1/fs/a"));
    Path _ = Files.createDirectories(root.resolve("snapshots/4711/fs"));
    var again = open(root, store);
    assertEquals(3, again.removeOrphans().size());
    assertEquals(kept, directories());
    assertEquals(List.of(), again.removeOrphans());
    assertEquals(1, again.list().size());
  }
}
