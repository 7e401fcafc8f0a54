package org.jcontainerd.testing.image;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes tar archives (ustar with pax headers) exactly as told, malicious ones too: no name is
 * checked or mended. Confined to one thread. The same calls give the same bytes.
 */
public final class TarBuilder implements AutoCloseable {
  private static final int BLOCK = 512;

  private final OutputStream out;

  public TarBuilder(OutputStream out) {
    this.out = out;
  }

  /**
   * An entry's header.
   *
   * @param type type flag of ustar: '0' file, '1' hard link, '2' symlink, '3' and '4' devices, '5'
   *     directory, '6' fifo
   * @param pax records of an extended header that goes before it; values are bytes
   */
  public record Entry(
      char type,
      String name,
      String link,
      int mode,
      int uid,
      int gid,
      long mtime,
      int major,
      int minor,
      Map<String, byte[]> pax) {
    public static Entry of(char type, String name, int mode) {
      return new Entry(type, name, "", mode, 0, 0, 1_700_000_000L, 0, 0, Map.of());
    }

    public Entry link(String target) {
      return new Entry(type, name, target, mode, uid, gid, mtime, major, minor, pax);
    }

    public Entry owner(int user, int group) {
      return new Entry(type, name, link, mode, user, group, mtime, major, minor, pax);
    }

    public Entry mtime(long seconds) {
      return new Entry(type, name, link, mode, uid, gid, seconds, major, minor, pax);
    }

    public Entry device(int majorNumber, int minorNumber) {
      return new Entry(type, name, link, mode, uid, gid, mtime, majorNumber, minorNumber, pax);
    }

    public Entry pax(String key, byte[] value) {
      var more = new LinkedHashMap<>(pax);
      more.put(key, value);
      return new Entry(type, name, link, mode, uid, gid, mtime, major, minor, more);
    }
  }

  @CanIgnoreReturnValue
  public TarBuilder directory(String name) throws IOException {
    return add(Entry.of('5', name, 0755), new byte[0]);
  }

  @CanIgnoreReturnValue
  public TarBuilder file(String name, String content) throws IOException {
    return add(Entry.of('0', name, 0644), content.getBytes(StandardCharsets.UTF_8));
  }

  @CanIgnoreReturnValue
  public TarBuilder symlink(String name, String target) throws IOException {
    return add(Entry.of('2', name, 0777).link(target), new byte[0]);
  }

  /**
   * A link to an executable: containerd gives the mode of a link's entry to the file that it
   * shares.
   */
  @CanIgnoreReturnValue
  public TarBuilder hardLink(String name, String target) throws IOException {
    return add(Entry.of('1', name, 0755).link(target), new byte[0]);
  }

  /** Writes an entry with its content. */
  @CanIgnoreReturnValue
  public TarBuilder add(Entry entry, byte[] content) throws IOException {
    var pax = new LinkedHashMap<>(entry.pax());
    var name = entry.name().getBytes(StandardCharsets.UTF_8);
    var link = entry.link().getBytes(StandardCharsets.UTF_8);
    if (name.length > 100) {
      pax.putIfAbsent("path", name);
    }
    if (link.length > 100) {
      pax.putIfAbsent("linkpath", link);
    }
    if (!pax.isEmpty()) {
      var records = records(pax);
      header(
          Entry.of('x', "PaxHeaders/x", 0644),
          records.length,
          "PaxHeaders/x".getBytes(StandardCharsets.UTF_8),
          new byte[0]);
      padded(records);
    }
    header(entry, content.length, name, link);
    padded(content);
    return this;
  }

  /** Writes bytes as they are, between two entries. */
  @CanIgnoreReturnValue
  public TarBuilder raw(byte[] bytes) throws IOException {
    out.write(bytes);
    return this;
  }

  private void header(Entry entry, long size, byte[] name, byte[] link) throws IOException {
    var block = new byte[BLOCK];
    put(block, 0, name, 100);
    octal(block, 100, 8, entry.mode());
    octal(block, 108, 8, entry.uid());
    octal(block, 116, 8, entry.gid());
    octal(block, 124, 12, size);
    octal(block, 136, 12, entry.mtime());
    block[156] = (byte) entry.type();
    put(block, 157, link, 100);
    put(block, 257, "ustar\00000".getBytes(StandardCharsets.US_ASCII), 8);
    octal(block, 329, 8, entry.major());
    octal(block, 337, 8, entry.minor());
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(block, 148, 7, sum);
    out.write(block);
  }

  private static void put(byte[] block, int offset, byte[] value, int length) {
    System.arraycopy(value, 0, block, offset, Math.min(value.length, length));
  }

  private static void octal(byte[] block, int offset, int length, long value) {
    long left = value;
    for (int i = offset + length - 2; i >= offset; i--) {
      block[i] = (byte) ('0' + (left & 7));
      left >>= 3;
    }
  }

  private static byte[] records(Map<String, byte[]> pax) {
    var all = new ByteArrayOutputStream();
    pax.forEach((key, value) -> {
      var rest = key.getBytes(StandardCharsets.UTF_8).length + value.length + 3;
      int length = rest + Integer.toString(rest).length();
      length = rest + Integer.toString(length).length();
      all.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.UTF_8));
      all.writeBytes(value);
      all.write('\n');
    });
    return all.toByteArray();
  }

  private void padded(byte[] content) throws IOException {
    out.write(content);
    out.write(new byte[-content.length & (BLOCK - 1)]);
  }

  /** Writes the end of the archive; the stream stays open. */
  @Override
  public void close() throws IOException {
    out.write(new byte[2 * BLOCK]);
    out.flush();
  }

  /** Writes an archive into memory. */
  public static byte[] build(Content content) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarBuilder(bytes)) {
      content.write(tar);
    }
    return bytes.toByteArray();
  }

  /** What an archive holds. */
  @FunctionalInterface
  public interface Content {
    void write(TarBuilder tar) throws IOException;
  }
}
