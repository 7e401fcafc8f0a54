package org.jcontainerd.linux.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.mount.MountFlag;
import org.jcontainerd.linux.mount.Mounts;
import org.jcontainerd.linux.mount.UnmountFlag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class RootDirRootTest {
  @TempDir Path directory;
  private Path inside;
  private Path secret;
  private RootDir root;

  @BeforeEach
  void open() throws IOException {
    inside = Files.createDirectory(directory.resolve("root"));
    secret = Files.writeString(directory.resolve("secret"), "host");
    Files.createDirectory(inside.resolve("etc"));
    Files.writeString(inside.resolve("etc/passwd"), "container");
    root = RootDir.open(inside);
  }

  @AfterEach
  void close() {
    root.close();
  }

  private String read(String path) throws LinuxException {
    try (Fd fd = root.open(ContainerPath.of(path))) {
      return KernelFile.read(fd);
    }
  }

  @Test
  void open_linksThatLeadOut_stayInside() throws IOException {
    Files.createSymbolicLink(inside.resolve("absolute"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(inside.resolve("etc/up"), Path.of("../../../../etc/passwd"));
    Files.createSymbolicLink(inside.resolve("dir"), Path.of("/etc"));
    assertEquals("container", read("absolute"));
    assertEquals("container", read("etc/up"));
    assertEquals("container", read("/dir/passwd"));
    assertEquals("container", read("../../etc/passwd"));
    Files.createSymbolicLink(inside.resolve("out"), secret);
    LinuxException e = assertThrows(LinuxException.class, () -> read("out"));
    assertEquals(Errno.ENOENT, e.errno());
  }

  @Test
  void open_magicLinkAndLoop_areRefused() throws IOException {
    Path proc = Files.createDirectory(inside.resolve("proc"));
    Mounts.mount("proc", proc, "proc", java.util.Set.of(), "");
    try {
      for (String path : java.util.List.of("proc/self/root/etc/passwd", "proc/self/exe")) {
        LinuxException e = assertThrows(LinuxException.class, () -> read(path));
        assertEquals(Errno.ELOOP, e.errno(), path);
      }
    } finally {
      Mounts.unmount(proc, UnmountFlag.DETACH);
    }
    Files.createSymbolicLink(inside.resolve("loop"), Path.of("loop"));
    assertEquals(Errno.ELOOP, assertThrows(LinuxException.class, () -> read("loop")).errno());
  }

  @Test
  void open_whileALinkIsSwapped_neverSeesTheHost() throws Exception {
    Path victim = inside.resolve("swap");
    Files.createDirectory(inside.resolve("good"));
    Files.writeString(inside.resolve("good/secret"), "container");
    Files.createSymbolicLink(inside.resolve("bad"), directory);
    var stop = new AtomicBoolean();
    Thread attacker =
        Thread.ofPlatform()
            .start(() -> {
              while (!stop.get()) {
                for (String target : java.util.List.of("good", "bad")) {
                  try {
                    Files.move(
                        inside.resolve(target),
                        victim,
                        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
                    Files.move(
                        victim,
                        inside.resolve(target),
                        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                }
              }
            });
    int good = 0;
    for (int i = 0; i < 20_000; i++) {
      try {
        assertEquals("container", read("swap/secret"));
        good++;
      } catch (LinuxException e) {
        assertTrue(e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.EAGAIN), e::getMessage);
      }
    }
    stop.set(true);
    attacker.join();
    assertTrue(good > 0, "the attack was never between the moves");
  }

  @Test
  void makeDirectories_throughALinkOut_staysInside() throws IOException {
    Files.createSymbolicLink(inside.resolve("var"), Path.of("/../../usr/share"));
    Files.createDirectories(inside.resolve("usr/share"));
    try (Directory made = root.makeDirectories(ContainerPath.of("/var/a/b/c"), 0750)) {
      made.createFile("x", 0600).close();
    }
    assertTrue(Files.isRegularFile(inside.resolve("usr/share/a/b/c/x")));
    Files.createSymbolicLink(inside.resolve("dangling"), Path.of("/nowhere"));
    LinuxException e =
        assertThrows(
            LinuxException.class,
            () -> root.makeDirectories(ContainerPath.of("/dangling/x"), 0755));
    assertEquals(Errno.ENOENT, e.errno());
  }

  @Test
  void open_createNewOnALink_isRefused() throws IOException {
    Files.createSymbolicLink(inside.resolve("link"), secret);
    LinuxException e =
        assertThrows(
            LinuxException.class,
            () -> root.open(ContainerPath.of("link"), 0644, OpenFlag.WRITE, OpenFlag.CREATE_NEW));
    assertEquals(Errno.EEXIST, e.errno());
    try (Fd fd = root.open(ContainerPath.of("new"), 0640, OpenFlag.WRITE, OpenFlag.CREATE_NEW)) {
      fd.writeFully(ByteBuffer.wrap("x".getBytes(StandardCharsets.UTF_8)));
      assertEquals(0640, FileStat.of(fd).permissions());
    }
    assertEquals("host", Files.readString(secret));
    assertTrue(root.stat(ContainerPath.of("/new")).isPresent());
    assertTrue(root.stat(ContainerPath.of("/link")).isEmpty());
  }

  @Test
  void mountsOverFd_appearInside() throws IOException {
    Path target = Files.createDirectory(inside.resolve("mnt"));
    try (Fd fd = root.open(ContainerPath.of("mnt"), OpenFlag.PATH, OpenFlag.DIRECTORY)) {
      Mounts.mount("tmpfs", fd.path(), "tmpfs", java.util.Set.of(MountFlag.NO_DEV), "size=64k");
    }
    try {
      assertTrue(root.stat(ContainerPath.of("mnt")).orElseThrow().mountPoint());
      assertFalse(root.stat(ContainerPath.of("etc")).orElseThrow().mountPoint());
    } finally {
      assertEquals(1, Mounts.detachAll(target));
    }
    assertEquals(0, Mounts.detachAll(target));
  }
}
