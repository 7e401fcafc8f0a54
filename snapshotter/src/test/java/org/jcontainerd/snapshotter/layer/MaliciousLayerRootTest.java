package org.jcontainerd.snapshotter.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.testing.image.TarBuilder;
import org.jcontainerd.testing.image.TarBuilder.Entry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Layers that try to reach files beside their directory. Each is either refused or stays inside;
 * the files beside it are the same afterwards, and nothing is new there.
 */
@Tag("root")
class MaliciousLayerRootTest {
  private static final byte[] NOTHING = {};

  @TempDir Path directory;
  private Path tree;
  private Path victim;

  /** A layer, and whether it must be refused. */
  record Attack(String name, boolean refused, Content content) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** What an attack writes, knowing where its victim is. */
  interface Content {
    void write(TarBuilder tar, String victim) throws IOException;
  }

  static Stream<Attack> attacks() {
    var pwned = "pwned".getBytes(UTF_8);
    return Stream.of(
        new Attack("dotdot", true, (tar, _) -> tar.file("../victim/new", "x")),
        new Attack("dotdot inside", true, (tar, _) -> tar.file("a/../../victim/new", "x")),
        new Attack("absolute", false, (tar, victim) -> tar.file(victim + "/new", "x")),
        new Attack(
            "absolute symlink as parent",
            true,
            (tar, victim) -> tar.symlink("out", victim).file("out/new", "x")),
        new Attack(
            "relative symlink as parent",
            true,
            (tar, _) -> tar.symlink("out", "../victim").file("out/new", "x")),
        new Attack(
            "symlink chain",
            true,
            (tar, _) ->
                tar.symlink("a", "..")
                    .symlink("b", "a/..")
                    .symlink("c", "b/victim")
                    .file("c/new", "x")),
        new Attack(
            "write through a symlink",
            false,
            (tar, victim) -> tar.symlink("file", victim + "/file").file("file", "pwned")),
        new Attack(
            "chmod through a symlink (CVE-2021-32760)",
            false,
            (tar, victim) ->
                tar.symlink("file", victim + "/file")
                    .add(Entry.of('5', "file/", 0777).owner(1, 1), NOTHING)),
        new Attack(
            "hard link to an absolute path",
            true,
            (tar, victim) -> tar.hardLink("link", victim + "/file")),
        new Attack("hard link upwards", true, (tar, _) -> tar.hardLink("link", "../victim/file")),
        new Attack(
            "hard link through a symlink, then overwrite",
            true,
            (tar, _) ->
                tar.symlink("out", "../victim").hardLink("link", "out/file").file("link", "pwned")),
        new Attack(
            "hard link to a symlink, then write",
            false,
            (tar, victim) ->
                tar.symlink("sym", victim + "/file")
                    .hardLink("link", "sym")
                    .add(Entry.of('0', "link", 0644), pwned)),
        new Attack(
            "directory replaced by a symlink while it is cached",
            true,
            (tar, _) ->
                tar.directory("d/")
                    .file("d/first", "x")
                    .symlink("d", "../victim")
                    .file("d/new", "x")),
        new Attack(
            "parent of a cached directory replaced",
            false,
            (tar, _) -> tar.file("a/b/first", "x").symlink("a", "../..").file("a/victim/new", "x")),
        new Attack(
            "whiteout through a symlink",
            true,
            (tar, _) -> tar.symlink("out", "../victim").file("out/.wh.file", "")),
        new Attack(
            "opaque through a symlink",
            true,
            (tar, _) -> tar.symlink("out", "../victim").file("out/.wh..wh..opq", "")),
        new Attack("whiteout of nothing", true, (tar, _) -> tar.file("d/.wh.", "")),
        new Attack("whiteout of dot", true, (tar, _) -> tar.file("d/.wh..", "")),
        new Attack("whiteout of dotdot", true, (tar, _) -> tar.file("d/.wh...", "")),
        new Attack(
            "magic link",
            true,
            (tar, _) -> tar.symlink("out", "/proc/self/cwd").file("out/new", "x")),
        new Attack(
            "symlink loop",
            true,
            (tar, _) -> tar.symlink("a", "b").symlink("b", "a").file("a/x", "")),
        new Attack(
            "NUL in a pax name",
            true,
            (tar, _) ->
                tar.add(Entry.of('0', "x", 0644).pax("path", "a\0b".getBytes(UTF_8)), NOTHING)),
        new Attack("root as a symlink", false, (tar, _) -> tar.symlink("./", "/etc")),
        new Attack("root as a file", true, (tar, _) -> tar.file("/", "x")),
        new Attack(
            "owner out of range",
            true,
            (tar, _) ->
                tar.add(
                    Entry.of('0', "x", 0644).pax("uid", "4294967295".getBytes(UTF_8)), NOTHING)),
        new Attack("unknown type", true, (tar, _) -> tar.add(Entry.of('Z', "x", 0644), NOTHING)),
        new Attack("file as a parent", true, (tar, _) -> tar.file("f", "x").file("f/below", "x")),
        new Attack(
            "data after a lone zero block",
            true,
            (tar, _) -> tar.file("a", "x").raw(new byte[512]).file("hidden", "x")));
  }

  @BeforeEach
  void makeVictim() throws IOException {
    tree = Files.createDirectory(directory.resolve("fs"));
    victim = Files.createDirectory(directory.resolve("victim"));
    Path _ = Files.writeString(victim.resolve("file"), "untouched");
    Path _ =
        Files.setPosixFilePermissions(
            victim.resolve("file"), PosixFilePermissions.fromString("rw-------"));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void apply_maliciousLayer_neverLeavesItsDirectory(Attack attack) throws IOException {
    var before = inventory();
    var blob = TarBuilder.build(tar -> attack.content().write(tar, victim.toString()));
    if (attack.refused()) {
      assertThrows(LayerException.class, () -> apply(blob));
    } else {
      var _ = apply(blob);
    }
    assertEquals(before, inventory());
    assertTrue(Files.isDirectory(tree, java.nio.file.LinkOption.NOFOLLOW_LINKS));
  }

  private AppliedLayer apply(byte[] blob) throws IOException {
    var rest = ByteBuffer.wrap(blob);
    return new LayerApplier(LayerLimits.DEFAULT)
        .apply(
            () -> {
              var all = rest.slice();
              rest.position(rest.limit());
              return all;
            },
            tree,
            Digest.of(NOTHING),
            _ -> {});
  }

  /** Everything about the victim that an attack could change. */
  private List<String> inventory() throws IOException {
    try (var files = Files.walk(victim)) {
      return files
          .sorted()
          .map(file -> {
            try {
              return file
                  + " "
                  + Files.readAttributes(file, "unix:ino,mode,uid,gid,nlink,size")
                  + (Files.isRegularFile(file) ? Files.readString(file) : "");
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          })
          .toList();
    }
  }
}
