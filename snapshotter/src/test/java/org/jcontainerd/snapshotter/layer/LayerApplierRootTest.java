package org.jcontainerd.snapshotter.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.FileType;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.testing.image.TarBuilder;
import org.jcontainerd.testing.image.TarBuilder.Entry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class LayerApplierRootTest {
  private static final Digest ALGORITHM = Digest.of(new byte[0]);
  private static final byte[] NOTHING = {};

  @TempDir Path directory;
  private Path tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = Files.createDirectory(directory.resolve("fs"));
  }

  private AppliedLayer apply(TarBuilder.Content content) throws IOException {
    return applyBytes(TarBuilder.build(content), LayerLimits.DEFAULT);
  }

  private AppliedLayer applyBytes(byte[] blob, LayerLimits limits) throws IOException {
    return new LayerApplier(limits).apply(pieces(blob, 1000), tree, ALGORITHM, _ -> {});
  }

  /** Small pieces, so that everything is cut somewhere. */
  private static ByteChunks pieces(byte[] blob, int size) {
    var rest = ByteBuffer.wrap(blob);
    return () -> {
      var piece = new byte[Math.min(size, rest.remaining())];
      rest.get(piece);
      return ByteBuffer.wrap(piece);
    };
  }

  private Object attribute(String path, String name) throws IOException {
    return Files.getAttribute(tree.resolve(path), "unix:" + name, LinkOption.NOFOLLOW_LINKS);
  }

  private static Path above(Path file) {
    return java.util.Objects.requireNonNull(file.getParent());
  }

  private FileType type(String path) throws IOException {
    var file = tree.resolve(path);
    try (var parent = Directory.open(above(file))) {
      return parent.stat(String.valueOf(file.getFileName())).orElseThrow().type();
    }
  }

  private String xattr(String path, String name) throws IOException {
    var file = tree.resolve(path);
    try (var parent = Directory.open(above(file))) {
      return parent
          .attributes(String.valueOf(file.getFileName()))
          .get(name)
          .map(HexFormat.of()::formatHex)
          .orElse("none");
    }
  }

  @Test
  void apply_everyKindOfEntry_makesItWithItsAttributes() throws IOException {
    var capability = HexFormat.of().parseHex("0100000280ff0000000000000000000000000000");
    var applied =
        apply(tar -> {
          tar.directory("d/");
          tar.add(Entry.of('5', "d/sticky/", 01777).mtime(1234567890), NOTHING);
          tar.add(
              Entry.of('0', "d/suid", 04755).owner(1000, 100).mtime(1000000000),
              "hello".getBytes(UTF_8));
          tar.add(
              Entry.of('0', "d/cap", 0755)
                  .owner(7, 8)
                  .pax("SCHILY.xattr.security.capability", capability),
              "x".getBytes(UTF_8));
          tar.symlink("d/link", "/etc/passwd");
          tar.hardLink("d/second", "d/suid");
          tar.add(Entry.of('3', "d/null", 0666).device(1, 3), NOTHING);
          tar.add(Entry.of('4', "d/disk", 0660).device(259, 70000), NOTHING);
          tar.add(Entry.of('6', "d/fifo", 0600), NOTHING);
          tar.file("d/inside/without/parent", "y");
          tar.file("d/sticky/later", "changes the directory's time");
        });
    assertEquals(04755, (int) attribute("d/suid", "mode") & 07777);
    assertEquals(1000, attribute("d/suid", "uid"));
    assertEquals(100, attribute("d/suid", "gid"));
    assertEquals(1000000000L, Files.getLastModifiedTime(tree.resolve("d/suid")).toMillis() / 1000);
    assertEquals("hello", Files.readString(tree.resolve("d/second")));
    assertEquals(attribute("d/suid", "ino"), attribute("d/second", "ino"));
    assertEquals(HexFormat.of().formatHex(capability), xattr("d/cap", "security.capability"));
    assertEquals("/etc/passwd", Files.readSymbolicLink(tree.resolve("d/link")).toString());
    assertEquals(FileType.CHARACTER_DEVICE, type("d/null"));
    assertEquals(FileType.BLOCK_DEVICE, type("d/disk"));
    assertEquals(FileType.FIFO, type("d/fifo"));
    assertEquals(01777, (int) attribute("d/sticky", "mode") & 07777);
    assertEquals(
        1234567890L, Files.getLastModifiedTime(tree.resolve("d/sticky")).toMillis() / 1000);
    assertEquals(List.of("d/inside", "d/inside/without"), applied.implied());
  }

  @Test
  void apply_sameArchiveThreeCompressions_hasOneDiffId() throws IOException {
    var tar = TarBuilder.build(builder -> builder.file("a", "text ".repeat(100_000)));
    var gzip = new ByteArrayOutputStream();
    for (int i = 0; i < 2; i++) { // two members
      try (var out = new GZIPOutputStream(gzip)) {
        out.write(tar, i * (tar.length / 2), i == 0 ? tar.length / 2 : tar.length - tar.length / 2);
      }
    }
    var expected = Digest.of(tar);
    for (var blob : List.of(tar, gzip.toByteArray(), Zstd.compress(tar))) {
      assertEquals(expected, applyBytes(blob, LayerLimits.DEFAULT).diffId());
      assertEquals(500_000, Files.size(tree.resolve("a")));
      Files.delete(tree.resolve("a"));
    }
  }

  @Test
  void apply_cutArchive_isRefused() throws IOException {
    var tar = TarBuilder.build(builder -> builder.file("a", "text ".repeat(1000)));
    var gzip = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(gzip)) {
      out.write(tar);
    }
    for (int cut : List.of(5, 15, gzip.size() / 2, gzip.size() - 1)) {
      var part = java.util.Arrays.copyOf(gzip.toByteArray(), cut);
      assertThrows(LayerException.class, () -> applyBytes(part, LayerLimits.DEFAULT), "at " + cut);
    }
    var part = java.util.Arrays.copyOf(tar, 700);
    assertThrows(LayerException.class, () -> applyBytes(part, LayerLimits.DEFAULT));
  }

  @Test
  void apply_laterEntryOfTheSameName_replacesTheEarlier() throws IOException {
    apply(tar -> {
      tar.file("file", "first");
      tar.file("file", "second");
      tar.directory("becomesfile/");
      tar.file("becomesfile/x", "gone");
      tar.file("becomesfile", "a file");
      tar.symlink("becomesdir", "/etc");
      tar.directory("becomesdir/");
      tar.file("becomesdir/in", "inside");
      tar.file("wasfile", "x");
      tar.symlink("wasfile", "elsewhere");
      tar.directory("stays/");
      tar.file("stays/kept", "kept");
      tar.add(Entry.of('5', "stays/", 0711), NOTHING);
    });
    assertEquals("second", Files.readString(tree.resolve("file")));
    assertEquals("a file", Files.readString(tree.resolve("becomesfile")));
    assertEquals("inside", Files.readString(tree.resolve("becomesdir/in")));
    assertEquals(FileType.DIRECTORY, type("becomesdir"));
    assertEquals(FileType.SYMBOLIC_LINK, type("wasfile"));
    assertEquals("kept", Files.readString(tree.resolve("stays/kept")));
    assertEquals(0711, (int) attribute("stays", "mode") & 07777);
  }

  @Test
  void apply_whiteouts_becomeWhatOverlayfsUnderstands() throws IOException {
    apply(tar -> {
      tar.file("d/.wh.gone", "");
      tar.directory("opaque/");
      tar.file("opaque/.wh..wh..opq", "");
      tar.file(".wh..wh.plnk", "");
      tar.file(".wh.first", "");
      tar.directory("first/");
      tar.directory("second/");
      tar.file(".wh.second", "");
      tar.file("kept", "this layer's own");
      tar.file(".wh.kept", "");
    });
    assertEquals(FileType.CHARACTER_DEVICE, type("d/gone"));
    assertEquals(0L, attribute("d/gone", "rdev"));
    assertEquals("79", xattr("opaque", "trusted.overlay.opaque"));
    assertEquals("79", xattr("first", "trusted.overlay.opaque"));
    assertEquals("79", xattr("second", "trusted.overlay.opaque"));
    assertEquals("this layer's own", Files.readString(tree.resolve("kept")));
    assertFalse(Files.exists(tree.resolve(".wh..wh.plnk")));
  }

  @Test
  void apply_attributesThatSteerTheHost_areLeftOut() throws IOException {
    apply(tar ->
        tar.add(
            Entry.of('5', "d/", 0755)
                .pax("SCHILY.xattr.trusted.overlay.redirect", "/../../etc".getBytes(UTF_8))
                .pax("SCHILY.xattr.trusted.overlay.opaque", "y".getBytes(UTF_8))
                .pax("SCHILY.xattr.user.overlay.opaque", "y".getBytes(UTF_8))
                .pax("SCHILY.xattr.user.note", new byte[] {(byte) 0xff, 0}),
            NOTHING));
    assertEquals("none", xattr("d", "trusted.overlay.redirect"));
    assertEquals("none", xattr("d", "trusted.overlay.opaque"));
    assertEquals("none", xattr("d", "user.overlay.opaque"));
    assertEquals("ff00", xattr("d", "user.note"));
  }

  @Test
  void apply_namesThatAreNotUtf8_keepTheirBytes() throws IOException {
    var name = new byte[] {'c', (byte) 0xe9, (byte) 0xff};
    apply(tar -> tar.add(Entry.of('0', "x", 0644).pax("path", name), NOTHING));
    try (var root = Directory.open(tree)) {
      assertArrayEquals(name, org.jcontainerd.linux.fs.FileName.encode(root.list().getFirst()));
    }
  }

  @Test
  void apply_longNames_areMade() throws IOException {
    var path = ("d".repeat(200) + "/").repeat(10) + "f".repeat(255);
    apply(tar -> tar.file(path, "deep"));
    assertEquals("deep", Files.readString(tree.resolve(path)));
  }

  @Test
  void apply_moreThanTheLimits_isRefused() throws IOException {
    var tar = TarBuilder.build(b -> b.file("a", "x".repeat(10_000)).file("b", ""));
    assertTrue(
        assertThrows(LayerException.class, () -> applyBytes(tar, new LayerLimits(5000, 100)))
            .toString()
            .contains("more than 5000 bytes"));
    assertThrows(LayerException.class, () -> applyBytes(tar, new LayerLimits(1 << 20, 1)));
  }
}
