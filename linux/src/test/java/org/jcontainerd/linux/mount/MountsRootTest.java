package org.jcontainerd.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class MountsRootTest {
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() throws IOException {
    String prefix = directory.toString();
    assertFalse(MountInfo.read().stream().anyMatch(m -> m.mountPoint().startsWith(prefix)));
  }

  private Path made(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name));
  }

  @Test
  void mount_tmpfs_hasFlagsAndOptions() throws IOException {
    Path target = made("a b");
    Mounts.mount(
        "tmpfs",
        target,
        "tmpfs",
        Set.of(MountFlag.NO_SUID, MountFlag.NO_DEV, MountFlag.NO_EXEC),
        "size=64k,mode=0711");
    try {
      MountInfo info = MountInfo.at(target).orElseThrow();
      assertTrue(info.options().containsAll(Set.of("nosuid", "nodev", "noexec")), info::toString);
      assertTrue(info.superOptions().contains("size=64k"), info::toString);
    } finally {
      Mounts.unmount(target, UnmountFlag.NO_FOLLOW);
    }
    LinuxException e = assertThrows(LinuxException.class, () -> Mounts.unmount(target));
    assertEquals(Errno.EINVAL, e.errno());
    assertEquals("umount2('" + target + "', 0x0): Invalid argument [EINVAL]", e.getMessage());
  }

  @Test
  void remountBind_readOnly_refusesWrites() throws IOException {
    Path source = made("source");
    Path target = made("target");
    Mounts.bind(source, target, false);
    try {
      Mounts.remountBind(target, Set.of(MountFlag.READ_ONLY));
      assertThrows(FileSystemException.class, () -> Files.createFile(target.resolve("x")));
      Mounts.propagation(target, MountFlag.SHARED, false);
      assertTrue(MountInfo.at(target).orElseThrow().isShared());
      Mounts.bind(source, target, false);
    } finally {
      assertEquals(2, Mounts.detachAll(target));
    }
  }

  @Test
  void fileSystemContext_overlay_isPreparedUnseenAndAttached() throws IOException {
    Path lower = made("lower");
    Path upper = made("upper");
    Path work = made("work");
    Path target = made("merged");
    Files.writeString(lower.resolve("file"), "lower");
    try (FileSystemContext overlay = FileSystemContext.open("overlay")) {
      overlay
          .set("source", "overlay")
          .set("lowerdir", lower.toString())
          .set("upperdir", upper.toString())
          .set("workdir", work.toString());
      try (DetachedMount mount = overlay.create(Set.of(MountAttribute.NO_DEV))) {
        assertTrue(MountInfo.at(target).isEmpty());
        mount.attach(target);
      }
      assertEquals("lower", Files.readString(target.resolve("file")));
      assertTrue(MountInfo.at(target).orElseThrow().options().contains("nodev"));
    } finally {
      Mounts.detachAll(target);
    }
  }

  @Test
  void fileSystemContext_badOption_carriesTheKernelsWords() throws IOException {
    try (FileSystemContext tmpfs = FileSystemContext.open("tmpfs")) {
      LinuxException e = assertThrows(LinuxException.class, () -> tmpfs.set("no-such-option", "1"));
      assertEquals(Errno.EINVAL, e.errno());
      assertTrue(e.getMessage().contains("Unknown parameter 'no-such-option'"), e::getMessage);
    }
    LinuxException e =
        assertThrows(LinuxException.class, () -> FileSystemContext.open("no-such-fs"));
    assertEquals(Errno.ENODEV, e.errno());
  }

  @Test
  void detachedClone_changedAndAttached_leavesTheSourceAlone() throws IOException {
    Path source = made("source");
    Path target = made("target");
    Files.createFile(source.resolve("x"));
    try (DetachedMount clone = DetachedMount.clone(source, true)) {
      clone.propagation(MountFlag.PRIVATE, true);
      clone.change(Set.of(MountAttribute.READ_ONLY, MountAttribute.NO_ATIME), Set.of(), true);
      clone.attach(target);
    }
    try {
      MountInfo info = MountInfo.at(target).orElseThrow();
      assertTrue(info.options().containsAll(Set.of("ro", "noatime")), info::toString);
      assertThrows(FileSystemException.class, () -> Files.createFile(target.resolve("y")));
      Files.createFile(source.resolve("y"));
    } finally {
      Mounts.detachAll(target);
    }
  }
}
