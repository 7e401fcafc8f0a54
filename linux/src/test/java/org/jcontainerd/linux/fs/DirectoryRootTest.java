package org.jcontainerd.linux.fs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.mount.Mounts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class DirectoryRootTest {
  @TempDir Path path;
  private Directory directory;

  @BeforeEach
  void open() throws IOException {
    directory = Directory.open(path);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  private static void fails(int errno, org.junit.jupiter.api.function.Executable work) {
    assertEquals(errno, assertThrows(LinuxException.class, work).errno());
  }

  @Test
  void everyType_isMadeAndSeen() throws IOException {
    directory.makeDirectory("d", 0700);
    directory.createFile("f", 0600).close();
    directory.makeSymbolicLink("l", "/else/where");
    directory.makeNode("p", FileType.FIFO, 0600, new DeviceNumber(0, 0));
    directory.makeNode("c", FileType.CHARACTER_DEVICE, 0666, new DeviceNumber(1, 3));
    directory.makeNode("b", FileType.BLOCK_DEVICE, 0600, new DeviceNumber(259, 70000));
    directory.makeNode("s", FileType.SOCKET, 0600, new DeviceNumber(0, 0));
    directory.makeHardLink("h", directory, "f");
    var types =
        List.of("d", "f", "l", "p", "c", "b", "s").stream().map(this::stat).map(FileStat::type);
    assertEquals(
        List.of(
            FileType.DIRECTORY,
            FileType.REGULAR,
            FileType.SYMBOLIC_LINK,
            FileType.FIFO,
            FileType.CHARACTER_DEVICE,
            FileType.BLOCK_DEVICE,
            FileType.SOCKET),
        types.toList());
    assertEquals(new DeviceNumber(259, 70000), stat("b").device());
    assertEquals(Files.getAttribute(path.resolve("c"), "unix:rdev"), (1L << 8) | 3);
    assertEquals("/else/where", directory.readSymbolicLink("l"));
    assertEquals(2, stat("h").links());
    assertTrue(stat("h").sameFile(stat("f")));
    assertEquals(Set.of("d", "f", "l", "p", "c", "b", "s", "h"), Set.copyOf(directory.list()));
    assertEquals(8, directory.list().size(), "listing again begins anew");
  }

  private FileStat stat(String name) {
    try {
      return directory.stat(name).orElseThrow();
    } catch (LinuxException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void takenNames_areRefused() throws IOException {
    Files.createSymbolicLink(path.resolve("x"), Path.of("/tmp"));
    fails(Errno.EEXIST, () -> directory.createFile("x", 0600));
    fails(Errno.EEXIST, () -> directory.makeDirectory("x", 0700));
    fails(Errno.ELOOP, () -> directory.openFile("x"));
    fails(Errno.ENOTDIR, () -> directory.openDirectory("x"));
    directory.makeDirectory("y", 0700);
    fails(Errno.EEXIST, () -> directory.renameToNew("x", directory, "y"));
    directory.rename("x", directory, "z");
    assertTrue(directory.stat("x").isEmpty());
    for (String name : List.of("", ".", "..", "a/b", "/tmp", "a\0")) {
      assertThrows(IllegalArgumentException.class, () -> directory.stat(name));
    }
  }

  @Test
  void ownerModeTimes_ofALink_areItsOwn() throws IOException {
    Path target = Files.createFile(path.resolve("target"));
    directory.makeSymbolicLink("link", target.toString());
    Instant time = Instant.ofEpochSecond(1_000_000_000, 123_456_789);
    directory.changeOwner("link", 12, 34);
    directory.setTimes("link", time, time);
    assertEquals(12, stat("link").uid());
    assertEquals(34, stat("link").gid());
    assertEquals(time, stat("link").modified());
    assertEquals(0, stat("target").uid());
    fails(Errno.EOPNOTSUPP, () -> directory.changeMode("link", 0777));
    directory.changeMode("target", 06755);
    assertEquals(06755, stat("target").permissions());
    assertEquals(
        Files.getLastModifiedTime(path.resolve("link"), LinkOption.NOFOLLOW_LINKS).toInstant(),
        time);
  }

  @Test
  void attributes_areSetReadListedAndRemoved() throws IOException {
    directory.createFile("f", 0600).close();
    ExtendedAttributes attributes = directory.attributes("f");
    assertEquals(List.of(), attributes.names());
    attributes.set("user.one", new byte[] {1, 0, 2});
    attributes.set("trusted.two", new byte[0]);
    assertArrayEquals(new byte[] {1, 0, 2}, attributes.get("user.one").orElseThrow());
    assertEquals(Set.of("user.one", "trusted.two"), Set.copyOf(attributes.names()));
    attributes.remove("user.one");
    attributes.remove("user.one");
    assertEquals(Optional.empty(), attributes.get("user.one").map(b -> b.length));
    directory.makeSymbolicLink("link", "f");
    directory.attributes("link").set("trusted.three", new byte[] {3});
    assertEquals(List.of("trusted.two"), attributes.names());
    assertEquals(List.of("trusted.three"), directory.attributes("link").names());
  }

  @Test
  void namesThatAreNotUtf8_areKept() throws IOException {
    String name = FileName.decode(new byte[] {'n', (byte) 0xE9, (byte) 0xFF});
    directory.createFile(name, 0600).close();
    assertEquals(List.of(name), directory.list());
    assertTrue(directory.remove(name));
    assertFalse(directory.remove(name));
  }

  @Test
  void removeTree_deepAndWide_leavesNothing() throws IOException {
    directory.makeDirectory("t", 0700);
    Directory at = directory.openDirectory("t");
    for (int i = 0; i < 3000; i++) { // far deeper than PATH_MAX and the descriptor limit
      at.createFile("f", 0600).close();
      at.makeSymbolicLink("l", "/");
      at.makeDirectory("d", 0700);
      Directory next = at.openDirectory("d");
      at.close();
      at = next;
    }
    at.close();
    directory.removeTree("t");
    assertEquals(List.of(), directory.list());
    directory.removeTree("t");
  }

  @Test
  void removeTree_link_removesTheLinkAlone() throws IOException {
    Path kept = Files.createDirectory(path.resolve("kept"));
    Files.createFile(kept.resolve("file"));
    directory.makeSymbolicLink("t", kept.toString());
    directory.removeTree("t");
    assertTrue(Files.exists(kept.resolve("file")));
    assertTrue(directory.stat("t").isEmpty());
  }

  @Test
  void removeTree_mountInside_staysAndTheRestGoes() throws IOException {
    Path mounted = Files.createDirectories(path.resolve("t/a/mounted"));
    Path source = Files.createDirectory(path.resolve("source"));
    Files.createFile(source.resolve("precious"));
    Files.createDirectories(path.resolve("t/b/c"));
    Mounts.bind(source, mounted, false);
    try {
      LinuxException e = assertThrows(LinuxException.class, () -> directory.removeTree("t"));
      assertEquals(Errno.EXDEV, e.errno());
      assertTrue(Files.exists(source.resolve("precious")));
      assertFalse(Files.exists(path.resolve("t/b")));
    } finally {
      Mounts.unmount(mounted);
    }
    directory.removeTree("t");
    assertFalse(Files.exists(path.resolve("t")));
  }
}
