package org.jcontainerd.jshim.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jcontainerd.jshim.task.RootfsMounts.RootfsMount;
import org.jcontainerd.linux.LinuxException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Roots of containers on the real kernel. */
@Tag("root")
class RootfsMountsRootTest {
  private static final int LAYERS = 120;

  @TempDir Path directory;
  private Path disk;
  private Path target;

  RootfsMountsRootTest() {}

  /**
   * Layers on a tmpfs: the temporary directory may lie on an overlay, which cannot be an upper one.
   */
  @BeforeEach
  void mountDisk() throws IOException {
    disk = directory.resolve("disk");
    target = directory.resolve("rootfs");
    RootfsMounts.mount(List.of(new RootfsMount("tmpfs", "tmpfs", List.of("size=16m"))), disk);
  }

  @AfterEach
  void unmount() throws IOException {
    RootfsMounts.unmount(target);
    RootfsMounts.unmount(disk);
  }

  @Test
  void overlay_layersLongerThanAPage_allAreThere() throws Exception {
    var lower = new ArrayList<String>();
    for (int i = 0; i < LAYERS; i++) {
      var layer = Files.createDirectories(disk.resolve("layer-" + i + "-" + "x".repeat(40)));
      Files.writeString(layer.resolve("file-" + i), "" + i);
      lower.addFirst(layer.toString());
    }
    var upper = Files.createDirectories(disk.resolve("upper"));
    var work = Files.createDirectories(disk.resolve("work"));
    var options =
        List.of(
            "index=off",
            "lowerdir=" + String.join(":", lower),
            "upperdir=" + upper,
            "workdir=" + work);
    assertTrue(options.get(1).length() > 4096);

    RootfsMounts.mount(List.of(new RootfsMount("overlay", "overlay", options)), target);
    for (int i = 0; i < LAYERS; i++) {
      assertEquals("" + i, Files.readString(target.resolve("file-" + i)));
    }
    Files.writeString(target.resolve("new"), "written");
    assertTrue(Files.exists(upper.resolve("new")));

    RootfsMounts.unmount(target);
    RootfsMounts.unmount(target);
    assertFalse(Files.exists(target.resolve("new")));
  }

  @Test
  void bind_readOnly() throws Exception {
    var source = Files.createDirectories(disk.resolve("source"));
    Files.writeString(source.resolve("file"), "x");
    RootfsMounts.mount(
        List.of(new RootfsMount("bind", source.toString(), List.of("rbind", "ro"))), target);
    assertEquals("x", Files.readString(target.resolve("file")));
    assertThrows(IOException.class, () -> Files.writeString(target.resolve("other"), ""));
  }

  @Test
  void secondMountFails_firstIsTakenBack() throws IOException {
    var bad =
        List.of(
            new RootfsMount("tmpfs", "tmpfs", List.of()),
            new RootfsMount("bind", disk.resolve("missing").toString(), List.of("rbind")));
    assertThrows(LinuxException.class, () -> RootfsMounts.mount(bad, target));
    assertFalse(Files.readString(Path.of("/proc/self/mounts")).contains(target.toString()));
  }
}
