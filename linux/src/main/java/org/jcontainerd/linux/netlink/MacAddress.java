package org.jcontainerd.linux.netlink;

import java.security.SecureRandom;
import java.util.HexFormat;

/** A 48 bit hardware address. Immutable. */
public record MacAddress(long bits) {
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("hardware address of more than 48 bits");
    }
  }

  /**
   * Reads {@code 02:00:0a:01:00:05}.
   *
   * @throws IllegalArgumentException if the text is something else
   */
  public static MacAddress parse(String text) {
    try {
      return of(COLONS.parseHex(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("hardware address '" + text + "': expected six bytes", e);
    }
  }

  static MacAddress of(byte[] bytes) {
    if (bytes.length != 6) {
      throw new IllegalArgumentException("hardware address of " + bytes.length + " bytes");
    }
    long bits = 0;
    for (byte b : bytes) {
      bits = bits << 8 | (b & 0xff);
    }
    return new MacAddress(bits);
  }

  /** A random address, marked as locally administered and not multicast. */
  public static MacAddress random(SecureRandom random) {
    byte[] bytes = new byte[6];
    random.nextBytes(bytes);
    bytes[0] = (byte) ((bytes[0] & 0xfe) | 0x02);
    return of(bytes);
  }

  /** The six bytes as they go over the wire. */
  public byte[] toBytes() {
    byte[] bytes = new byte[6];
    for (int i = 0; i < 6; i++) {
      bytes[i] = (byte) (bits >>> (40 - 8 * i));
    }
    return bytes;
  }

  @Override
  public String toString() {
    return COLONS.formatHex(toBytes());
  }
}
