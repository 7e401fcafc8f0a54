package org.jcontainerd.snapshotter.layer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.fs.FileName;

/**
 * Reads tar archives in one pass: v7, ustar, pax and GNU, with long names, pax attributes, base-256
 * numbers and sparse files of all four formats. Confined to one thread.
 *
 * <p>What an archive says is not trusted: everything read into memory is bounded.
 */
final class TarReader {
  /** As in Go's archive/tar; the largest extended attribute of Linux has 64 KiB. */
  private static final int MAX_EXTENSION = 1 << 20;

  private static final long MAX_SIZE = 1L << 60;

  private final TarInput input;
  private final byte[] block = new byte[TarHeader.BLOCK];
  private PaxRecords global = PaxRecords.NONE;
  private SparseMap map = SparseMap.whole(0);
  private long contentLeft;
  private long paddingLeft;

  TarReader(TarInput input) {
    this.input = input;
  }

  /** The next entry, after passing over what is left of this one; empty at the end. */
  Optional<TarEntry> next() throws IOException {
    input.skip(contentLeft + paddingLeft);
    contentLeft = 0;
    paddingLeft = 0;
    var local = PaxRecords.NONE;
    Optional<String> longName = Optional.empty();
    Optional<String> longLink = Optional.empty();
    while (true) {
      var header = nextHeader();
      if (header.isEmpty()) {
        return Optional.empty();
      }
      switch (header.get().typeFlag()) {
        case 'x' -> local = PaxRecords.parse(extension(header.get()));
        case 'g' -> global = PaxRecords.parse(extension(header.get())).over(global);
        case 'L' -> longName = Optional.of(name(extension(header.get())));
        case 'K' -> longLink = Optional.of(name(extension(header.get())));
        default -> {
          return Optional.of(entry(header.get(), local.over(global), longName, longLink));
        }
      }
    }
  }

  private Optional<TarHeader> nextHeader() throws IOException {
    if (!input.readBlock(block)) {
      return Optional.empty(); // some writers leave out the blocks of zeros
    }
    var header = new TarHeader(block);
    if (!header.isZero()) {
      header.check();
      return Optional.of(header);
    }
    if (input.readBlock(block) && !header.isZero()) {
      // readers disagree on what follows a lone block of zeros: a layer must mean one thing
      throw new LayerException("tar: data after a single block of zeros");
    }
    return Optional.empty();
  }

  private byte[] extension(TarHeader header) throws IOException {
    long size = header.size();
    if (size < 0 || size > MAX_EXTENSION) {
      throw new LayerException("tar: extended header has " + size + " bytes");
    }
    var data = new byte[(int) size];
    input.read(data);
    input.skip(padding(size));
    return data;
  }

  private static String name(byte[] data) {
    int end = 0;
    while (end < data.length && data[end] != 0) {
      end++;
    }
    return FileName.decode(Arrays.copyOfRange(data, 0, 0 + end));
  }

  private TarEntry entry(
      TarHeader header, PaxRecords pax, Optional<String> longName, Optional<String> longLink)
      throws IOException {
    var type = TarEntry.Type.of(header.typeFlag());
    var name = first(pax.text("GNU.sparse.name"), pax.text("path"), longName, header.name());
    // a file whose name ends with a slash was a directory before POSIX
    if (type == TarEntry.Type.FILE && header.typeFlag() != 'S' && name.endsWith("/")) {
      type = TarEntry.Type.DIRECTORY;
    }
    long archived = pax.number("size").orElse(header.size());
    if (archived < 0 || archived > MAX_SIZE) {
      throw LayerException.of(name, "has a size of " + archived + " bytes");
    }
    if (type == TarEntry.Type.DIRECTORY && header.typeFlag() != '5' && archived != 0) {
      // some readers skip that content and some read it as headers
      throw LayerException.of(name, "is a file by its type and a directory by its name");
    }
    boolean hasContent = type == TarEntry.Type.FILE || type == TarEntry.Type.OTHER;
    contentLeft = hasContent ? archived : 0;
    paddingLeft = padding(contentLeft);
    long size = hasContent ? sparseSize(header, pax, archived) : 0;
    return new TarEntry(
        type,
        header.typeFlag(),
        name,
        pax.text("linkpath").or(() -> longLink).orElse(header.linkName()),
        header.mode(),
        pax.number("uid").orElse(header.uid()),
        pax.number("gid").orElse(header.gid()),
        size,
        pax.time("mtime").orElse(Instant.ofEpochSecond(header.modifiedSeconds())),
        header.deviceMajor(),
        header.deviceMinor(),
        pax.xattrs());
  }

  private static String first(
      Optional<String> a, Optional<String> b, Optional<String> c, String otherwise) {
    return a.or(() -> b).or(() -> c).orElse(otherwise);
  }

  /** Sets the map of the entry and answers the size that its file has. */
  private long sparseSize(TarHeader header, PaxRecords pax, long archived) throws IOException {
    if (header.typeFlag() == 'S') {
      long size = header.number(483, 12, "real size");
      var pairs = oldGnuMap(header);
      map = SparseMap.of(pairs, checked(size), archived);
      return size;
    }
    if (pax.text("GNU.sparse.major").equals(Optional.of("1"))) {
      long size = checked(pax.number("GNU.sparse.realsize").orElse(archived));
      var pairs = leadingMap();
      map = SparseMap.of(pairs, size, contentLeft);
      return size;
    }
    var pairs = pax.sparseMap();
    if (pairs.isPresent()) {
      long size = checked(pax.number("GNU.sparse.size").orElse(archived));
      map = SparseMap.of(pairs.get(), size, archived);
      return size;
    }
    map = SparseMap.whole(archived);
    return archived;
  }

  private static long checked(long size) throws LayerException {
    if (size < 0) {
      throw new LayerException("tar: sparse file has a negative size");
    }
    return size;
  }

  /** Four extents in the header, 21 in each block that follows while its flag says so. */
  private List<Long> oldGnuMap(TarHeader header) throws IOException {
    var pairs = new ArrayList<Long>();
    addExtents(pairs, header, 386, 4);
    boolean more = header.block()[482] != 0;
    var extended = new TarHeader(new byte[TarHeader.BLOCK]);
    while (more) {
      input.read(extended.block());
      addExtents(pairs, extended, 0, 21);
      more = extended.block()[504] != 0;
      if (pairs.size() / 2 > SparseMap.MAX_EXTENTS) {
        throw new LayerException("tar: sparse map is too long");
      }
    }
    return pairs;
  }

  private static void addExtents(List<Long> pairs, TarHeader from, int offset, int count)
      throws LayerException {
    for (int i = 0; i < count; i++) {
      int at = offset + i * 24;
      if (from.block()[at] == 0 || from.block()[at + 12] == 0) {
        return;
      }
      pairs.add(from.number(at, 12, "sparse offset"));
      pairs.add(from.number(at + 12, 12, "sparse length"));
    }
  }

  /** Format 1.0: the map is decimal lines at the start of the content, padded to a block. */
  private List<Long> leadingMap() throws IOException {
    var lines = new MapLines();
    long count = lines.next();
    if (count > SparseMap.MAX_EXTENTS) {
      throw new LayerException("tar: sparse map is too long");
    }
    var pairs = new ArrayList<Long>();
    for (long i = 0; i < 2 * count; i++) {
      pairs.add(lines.next());
    }
    return pairs;
  }

  private final class MapLines {
    private final byte[] data = new byte[TarHeader.BLOCK];
    private int at = TarHeader.BLOCK;

    long next() throws IOException {
      var digits = new ByteArrayOutputStream(20);
      while (true) {
        if (at == data.length) {
          if (contentLeft < data.length) {
            throw new LayerException("tar: sparse map is longer than its content");
          }
          input.read(data);
          contentLeft -= data.length;
          at = 0;
        }
        byte b = data[at++];
        if (b == '\n') {
          return PaxRecords.decimal(digits.toByteArray(), 0, digits.size());
        }
        if (digits.size() > 20) {
          throw new LayerException("tar: sparse map has a number of more than 20 digits");
        }
        digits.write(b);
      }
    }
  }

  /** The parts of the file that the archive holds; {@link #read} gives them one after the other. */
  SparseMap map() {
    return map;
  }

  /**
   * Moves content of the entry to {@code into}, at least one byte.
   *
   * @param limit the most to move, not more than the entry has left
   */
  int read(ByteBuffer into, long limit) throws IOException {
    int n = input.transfer(into, Math.min(limit, contentLeft));
    contentLeft -= n;
    return n;
  }

  private static long padding(long size) {
    return -size & (TarHeader.BLOCK - 1);
  }
}
