package org.jcontainerd.linux.netlink;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Builds the body of one message: a fixed header, then attributes. A value that does not fit the 16
 * bit length of an attribute is refused before anything is written, so no length can wrap
 * (CVE-2021-43784). Confined to one thread.
 */
public final class MessageWriter {
  /** An attribute's length field counts its own four bytes. */
  static final int LARGEST_VALUE = 0xffff - Attributes.HEADER;

  private static final int NESTED = 0x8000;

  private ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());

  /** Appends raw bytes: the fixed header of a message family (ifinfomsg, nfgenmsg ...). */
  @CanIgnoreReturnValue
  public MessageWriter raw(byte[] bytes) {
    room(bytes.length);
    buffer.put(bytes);
    return this;
  }

  /** Appends single bytes: the small fields of a fixed header. */
  @CanIgnoreReturnValue
  public MessageWriter octets(int... values) {
    room(values.length);
    for (int value : values) {
      buffer.put((byte) value);
    }
    return this;
  }

  /** Appends 32 bit words in host order: the wide fields of a fixed header. */
  @CanIgnoreReturnValue
  MessageWriter words(int... values) {
    room(4 * values.length);
    for (int value : values) {
      buffer.putInt(value);
    }
    return this;
  }

  /** An attribute without a value. */
  @CanIgnoreReturnValue
  public MessageWriter flag(int type) {
    open(type, 0);
    return this;
  }

  /** An 8 bit number. */
  @CanIgnoreReturnValue
  public MessageWriter u8(int type, int value) {
    open(type, 1);
    buffer.put((byte) value);
    return pad();
  }

  /** A 16 bit number in host order. */
  @CanIgnoreReturnValue
  public MessageWriter u16(int type, int value) {
    open(type, 2);
    buffer.putShort((short) value);
    return pad();
  }

  /** A 32 bit number in host order. */
  @CanIgnoreReturnValue
  public MessageWriter u32(int type, int value) {
    open(type, 4);
    buffer.putInt(value);
    return this;
  }

  /** A 16 bit number in network order. */
  @CanIgnoreReturnValue
  public MessageWriter be16(int type, int value) {
    open(type, 2);
    buffer.put((byte) (value >> 8)).put((byte) value);
    return pad();
  }

  /** A 32 bit number in network order. */
  @CanIgnoreReturnValue
  public MessageWriter be32(int type, int value) {
    open(type, 4);
    buffer.order(ByteOrder.BIG_ENDIAN).putInt(value).order(ByteOrder.nativeOrder());
    return this;
  }

  /** A 64 bit number in network order. */
  @CanIgnoreReturnValue
  public MessageWriter be64(int type, long value) {
    open(type, 8);
    buffer.order(ByteOrder.BIG_ENDIAN).putLong(value).order(ByteOrder.nativeOrder());
    return this;
  }

  /** A text with a NUL behind it. */
  @CanIgnoreReturnValue
  public MessageWriter string(int type, String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    return bytes(type, Arrays.copyOf(text, text.length + 1));
  }

  /** An IPv4 or IPv6 address. */
  @CanIgnoreReturnValue
  public MessageWriter address(int type, InetAddress value) {
    return bytes(type, value.getAddress());
  }

  /**
   * Any value.
   *
   * @throws IllegalArgumentException if it is longer than an attribute can say
   */
  @CanIgnoreReturnValue
  public MessageWriter bytes(int type, byte[] value) {
    open(type, value.length);
    buffer.put(value);
    return pad();
  }

  /**
   * An attribute of attributes.
   *
   * @throws IllegalArgumentException if what was written inside is longer than an attribute can say
   */
  @CanIgnoreReturnValue
  public MessageWriter nest(int type, Consumer<MessageWriter> inside) {
    return enclose(type | NESTED, inside);
  }

  /** Like {@link #nest}, without the flag NLA_F_NESTED, for the old families that do not set it. */
  @CanIgnoreReturnValue
  MessageWriter enclose(int type, Consumer<MessageWriter> inside) {
    int start = buffer.position();
    open(type, 0);
    inside.accept(this);
    int length = buffer.position() - start;
    if (length > 0xffff) {
      throw tooLong(type & ~NESTED, length - Attributes.HEADER);
    }
    buffer.putShort(start, (short) length);
    return this;
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private void open(int type, int length) {
    if (length > LARGEST_VALUE) {
      throw tooLong(type, length);
    }
    room(Attributes.HEADER + Attributes.aligned(length));
    buffer.putShort((short) (Attributes.HEADER + length)).putShort((short) type);
  }

  private static IllegalArgumentException tooLong(int type, int length) {
    return new IllegalArgumentException(
        "netlink attribute %d: value of %d bytes, largest is %d"
            .formatted(type, length, LARGEST_VALUE));
  }

  @CanIgnoreReturnValue
  private MessageWriter pad() {
    while ((buffer.position() & 3) != 0) {
      buffer.put((byte) 0);
    }
    return this;
  }

  private void room(int more) {
    if (buffer.remaining() < more + 4) {
      int size = Math.max(buffer.capacity() * 2, buffer.position() + more + 4);
      var larger = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
      buffer = larger.put(buffer.flip());
    }
  }
}
