package org.jcontainerd.snapshotter.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what GNU tar wrote, in every format it has. */
class TarReaderTest {
  @TempDir Path directory;

  private static ByteChunks chunks(byte[] bytes, int size) {
    var rest = ByteBuffer.wrap(bytes);
    return () -> {
      int n = Math.min(size, rest.remaining());
      var chunk = rest.slice(rest.position(), n);
      rest.position(rest.position() + n);
      return ByteBuffer.wrap(chunk.array(), chunk.arrayOffset(), n);
    };
  }

  private byte[] gnuTar(String... options) throws Exception {
    var command = new java.util.ArrayList<>(List.of("tar", "-C", directory + "/in", "-cf", "-"));
    command.addAll(List.of(options));
    command.add(".");
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var archive = process.getInputStream().readAllBytes();
    assertEquals(0, process.waitFor());
    return archive;
  }

  /** Content of the entry as a file would have it. */
  private static byte[] content(TarReader reader, TarEntry entry) throws IOException {
    var content = ByteBuffer.allocate((int) entry.size());
    for (var extent : reader.map().extents()) {
      var _ = content.position((int) extent.offset());
      long left = extent.length();
      while (left > 0) {
        left -= reader.read(content, left);
      }
    }
    return content.array();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format=v7",
        "--format=oldgnu",
        "--format=gnu",
        "--format=ustar",
        "--format=posix",
        "--format=gnu --sparse",
        "--format=posix --sparse --sparse-version=0.0",
        "--format=posix --sparse --sparse-version=0.1",
        "--format=posix --sparse --sparse-version=1.0"
      })
  void next_ofAnArchiveOfGnuTar_givesTheFiles(String options) throws Exception {
    var in = Files.createDirectory(directory.resolve("in"));
    boolean longNames = !options.contains("v7") && !options.contains("ustar");
    var name = longNames ? "n".repeat(180) : "n".repeat(80);
    Path _ = Files.writeString(in.resolve(name), "content of a long name");
    Path _ =
        Files.createSymbolicLink(in.resolve("link"), Path.of("t".repeat(longNames ? 150 : 90)));
    try (var sparse = new RandomAccessFile(in.resolve("sparse").toFile(), "rw")) {
      for (int i = 0; i < 40; i++) { // more extents than the old header holds
        sparse.seek(i * 100_000L);
        sparse.write(("extent " + i).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      }
      sparse.setLength(5_000_000);
    }
    var reader = new TarReader(new TarInput(chunks(gnuTar(options.split(" ")), 777)));
    int seen = 0;
    for (var next = reader.next(); next.isPresent(); next = reader.next()) {
      var entry = next.get();
      var path = EntryPath.of(entry.name());
      if (entry.type() == TarEntry.Type.FILE) {
        seen++;
        assertArrayEquals(
            Files.readAllBytes(in.resolve(path.whole())), content(reader, entry), entry.name());
      } else if (entry.type() == TarEntry.Type.SYMLINK) {
        seen++;
        assertEquals(Files.readSymbolicLink(in.resolve("link")).toString(), entry.linkName());
      }
    }
    assertEquals(3, seen);
  }

  @Property
  void next_ofAnyBytes_endsOrFailsAsALayer(@ForAll byte[] bytes) throws IOException {
    readAll(bytes);
  }

  /** A sound archive with damage: far deeper into the reader than random bytes come. */
  @Property
  void next_ofADamagedArchive_endsOrFailsAsALayer(
      @ForAll int where, @ForAll byte what, @ForAll boolean mendChecksum) throws IOException {
    var archive =
        org.jcontainerd.testing.image.TarBuilder.build(tar ->
            tar.add(
                    org.jcontainerd.testing.image.TarBuilder.Entry.of('0', "a", 0644)
                        .pax("SCHILY.xattr.user.x", new byte[] {1, 2, 3})
                        .pax(
                            "GNU.sparse.major",
                            "1".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .pax(
                            "GNU.sparse.realsize",
                            "9".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                    "1\n0\n9\n".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .symlink("b", "c"));
    int at = Math.floorMod(where, archive.length);
    archive[at] = what;
    if (mendChecksum) {
      mend(archive, at / 512 * 512);
    }
    readAll(archive);
  }

  private static void mend(byte[] archive, int header) {
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? ' ' : archive[header + i] & 0xff;
    }
    var text = String.format(java.util.Locale.ROOT, "%06o\0 ", sum);
    System.arraycopy(
        text.getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, archive, header + 148, 8);
  }

  private static void readAll(byte[] bytes) throws IOException {
    var reader = new TarReader(new TarInput(chunks(bytes, 512)));
    try {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        EntryPath _ = EntryPath.of(next.get().name());
      }
    } catch (LayerException refused) {
      // the other allowed end
      assertEquals(LayerException.class, refused.getClass());
    }
  }
}
