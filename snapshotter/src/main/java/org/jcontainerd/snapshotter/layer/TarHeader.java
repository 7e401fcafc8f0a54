package org.jcontainerd.snapshotter.layer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jcontainerd.linux.fs.FileName;

/**
 * One 512-byte header block. Reads fields where POSIX and GNU tar put them; numbers are octal text,
 * or base-256 if the first byte has its high bit set (GNU).
 */
final class TarHeader {
  static final int BLOCK = 512;

  private final byte[] block;

  TarHeader(byte[] block) {
    this.block = block;
  }

  /** True for a block of zeros, two of which end an archive. */
  boolean isZero() {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  void check() throws LayerException {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      byte b = i >= 148 && i < 156 ? (byte) ' ' : block[i];
      unsigned += b & 0xff;
      signed += b; // what some old programs wrote
    }
    long stored = number(148, 8, "checksum");
    if (stored != unsigned && stored != signed) {
      throw new LayerException("tar: header has checksum " + unsigned + ", says " + stored);
    }
  }

  char typeFlag() {
    return (char) (block[156] & 0xff);
  }

  String name() {
    var name = text(0, 100);
    // only POSIX headers have a prefix; old GNU ones have times there
    if (isPosix() && block[345] != 0) {
      return text(345, 155) + "/" + name;
    }
    return name;
  }

  String linkName() {
    return text(157, 100);
  }

  int mode() throws LayerException {
    return (int) number(100, 8, "mode") & 07777;
  }

  long uid() throws LayerException {
    return number(108, 8, "uid");
  }

  long gid() throws LayerException {
    return number(116, 8, "gid");
  }

  long size() throws LayerException {
    return number(124, 12, "size");
  }

  long modifiedSeconds() throws LayerException {
    return number(136, 12, "mtime");
  }

  int deviceMajor() throws LayerException {
    return hasMagic() ? (int) number(329, 8, "devmajor") : 0;
  }

  int deviceMinor() throws LayerException {
    return hasMagic() ? (int) number(337, 8, "devminor") : 0;
  }

  byte[] block() {
    return block;
  }

  private boolean hasMagic() {
    return new String(block, 257, 5, StandardCharsets.US_ASCII).equals("ustar");
  }

  private boolean isPosix() {
    return hasMagic() && block[262] == 0;
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return FileName.decode(Arrays.copyOfRange(block, offset, offset + end - offset));
  }

  long number(int offset, int length, String field) throws LayerException {
    if ((block[offset] & 0x80) != 0) {
      return base256(offset, length, field);
    }
    int i = offset;
    int end = offset + length;
    while (i < end && (block[i] == ' ' || block[i] == 0)) {
      i++;
    }
    long value = 0;
    for (; i < end && block[i] != ' ' && block[i] != 0; i++) {
      if (block[i] < '0' || block[i] > '7') {
        throw new LayerException("tar: header's " + field + " is no octal number");
      }
      value = value << 3 | (block[i] - '0');
    }
    return value;
  }

  /** Two's complement, most significant byte first, without the marker bit. */
  private long base256(int offset, int length, String field) throws LayerException {
    boolean negative = (block[offset] & 0x40) != 0;
    long value = negative ? -1 : 0;
    for (int i = 0; i < length; i++) {
      int b = block[offset + i] & 0xff;
      if (i == 0) {
        b = negative ? b : b & 0x7f;
      }
      if (value >> 55 != (negative ? -1 : 0)) {
        throw new LayerException("tar: header's " + field + " is out of range");
      }
      value = value << 8 | b;
    }
    return value;
  }
}
