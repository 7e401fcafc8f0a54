package org.jcontainerd.linux.netlink;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One received message: a view of the bytes behind its header.
 *
 * @param type NLMSG_ERROR, NLMSG_DONE, RTM_NEWLINK ...
 * @param flags NLM_F_MULTI, NLM_F_DUMP_INTR ...
 * @param sequence the number of the request it answers
 * @param buffer the datagram; not copied
 * @param offset where the message's body starts in the buffer
 * @param length bytes of the body
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record NetlinkMessage(
    int type, int flags, int sequence, byte[] buffer, int offset, int length) {
  static final int HEADER = 16;
  static final int ERROR = 2;
  static final int DONE = 3;

  /**
   * Splits a datagram into messages.
   *
   * @throws NetlinkFormatException if a length is below the header's or goes past the end
   */
  static List<NetlinkMessage> parse(byte[] buffer, int length) throws NetlinkFormatException {
    var messages = new ArrayList<NetlinkMessage>();
    int position = 0;
    while (length - position >= HEADER) {
      int messageLength = new Attribute(0, buffer, position, 4).u32();
      if (messageLength < HEADER || messageLength > length - position) {
        throw new NetlinkFormatException(
            "netlink message: length %s, but %d bytes are left"
                .formatted(Integer.toUnsignedString(messageLength), length - position));
      }
      messages.add(
          new NetlinkMessage(
              new Attribute(0, buffer, position + 4, 2).u16(),
              new Attribute(0, buffer, position + 6, 2).u16(),
              new Attribute(0, buffer, position + 8, 4).u32(),
              buffer,
              position + HEADER,
              messageLength - HEADER));
      position = Math.min(length, position + Attributes.aligned(messageLength));
    }
    return messages;
  }

  /** The fixed header, {@code size} bytes at {@code from}, read with an attribute's accessors. */
  public Attribute field(int from, int size) throws NetlinkFormatException {
    if (from + size > length) {
      throw new NetlinkFormatException(
          "netlink message %d: %d bytes, expected %d".formatted(type, length, from + size));
    }
    return new Attribute(0, buffer, offset + from, size);
  }

  /** The attributes behind a fixed header of that size. */
  public Attributes attributes(int headerSize) throws NetlinkFormatException {
    int start = Attributes.aligned(headerSize);
    if (headerSize > length) {
      throw new NetlinkFormatException(
          "netlink message %d: %d bytes, expected %d".formatted(type, length, headerSize));
    }
    return start >= length
        ? Attributes.parse(buffer, offset, 0)
        : Attributes.parse(buffer, offset + start, length - start);
  }

  /** A copy with bytes of its own, which outlives the receive buffer. */
  NetlinkMessage detached() {
    byte[] copy = Arrays.copyOfRange(buffer, offset, offset + length);
    return new NetlinkMessage(type, flags, sequence, copy, 0, length);
  }

  /** Whether the kernel says that what it lists changed while it was listed. */
  boolean interrupted() {
    return (flags & NetlinkRequest.DUMP_INTERRUPTED) != 0;
  }
}
