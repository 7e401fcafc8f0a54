package org.jcontainerd.linux.netlink;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One attribute of a received message: a view, bounds already checked by {@link Attributes#parse}.
 * Every accessor checks that the value has the size it reads. Immutable as long as the buffer below
 * is not written to.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/netlink/intro.html">netlink intro,
 *     attributes</a>
 */
public final class Attribute {
  private final int type;
  private final byte[] buffer;
  private final int offset;
  private final int length;

  Attribute(int type, byte[] buffer, int offset, int length) {
    this.type = type;
    this.buffer = buffer;
    this.offset = offset;
    this.length = length;
  }

  /** The type without the flag bits NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
  public int type() {
    return type;
  }

  /** Bytes of the value, without header and padding. */
  public int length() {
    return length;
  }

  /** An unsigned byte. */
  public int u8() throws NetlinkFormatException {
    need(1);
    return buffer[offset] & 0xff;
  }

  /** An unsigned 16 bit number in host byte order. */
  public int u16() throws NetlinkFormatException {
    return value(2, ByteOrder.nativeOrder()).getShort() & 0xffff;
  }

  /** A 32 bit number in host byte order; unsigned readers use {@link Integer#toUnsignedLong}. */
  public int u32() throws NetlinkFormatException {
    return value(4, ByteOrder.nativeOrder()).getInt();
  }

  /** A 64 bit number in host byte order. */
  public long u64() throws NetlinkFormatException {
    return value(8, ByteOrder.nativeOrder()).getLong();
  }

  /** An unsigned 16 bit number in network byte order. */
  public int be16() throws NetlinkFormatException {
    return value(2, ByteOrder.BIG_ENDIAN).getShort() & 0xffff;
  }

  /** A 32 bit number in network byte order. */
  public int be32() throws NetlinkFormatException {
    return value(4, ByteOrder.BIG_ENDIAN).getInt();
  }

  /** A 64 bit number in network byte order. */
  public long be64() throws NetlinkFormatException {
    return value(8, ByteOrder.BIG_ENDIAN).getLong();
  }

  /** The text up to the first NUL or the end of the value. */
  public String string() {
    int end = offset;
    while (end < offset + length && buffer[end] != 0) {
      end++;
    }
    return new String(buffer, offset, end - offset, StandardCharsets.UTF_8);
  }

  /** A copy of the value. */
  public byte[] bytes() {
    return Arrays.copyOfRange(buffer, offset, offset + length);
  }

  /** An IPv4 or IPv6 address. */
  public InetAddress address() throws NetlinkFormatException {
    try {
      return InetAddress.getByAddress(bytes());
    } catch (UnknownHostException e) {
      throw new NetlinkFormatException(
          "attribute " + type + ": " + length + " bytes are no IP address");
    }
  }

  /** The attributes inside this one. */
  public Attributes nested() throws NetlinkFormatException {
    return Attributes.parse(buffer, offset, length);
  }

  private ByteBuffer value(int size, ByteOrder order) throws NetlinkFormatException {
    need(size);
    return ByteBuffer.wrap(buffer, offset, size).order(order);
  }

  private void need(int size) throws NetlinkFormatException {
    if (length < size) {
      throw new NetlinkFormatException(
          "attribute " + type + ": " + length + " bytes, expected " + size);
    }
  }
}
