package org.jcontainerd.linux.netlink;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The attributes of a message or of a nested attribute, in order. Nothing is read past the given
 * range: a length that is too small or too large is a {@link NetlinkFormatException}. Immutable.
 */
public final class Attributes implements Iterable<Attribute> {
  /** NLA_F_NESTED and NLA_F_NET_BYTEORDER, linux/netlink.h. */
  private static final int FLAG_BITS = 0x8000 | 0x4000;

  static final int HEADER = 4;

  private final List<Attribute> list;

  private Attributes(List<Attribute> list) {
    this.list = List.copyOf(list);
  }

  /**
   * Splits a range into attributes.
   *
   * @throws NetlinkFormatException if an attribute's length is below its header's or goes past the
   *     end
   */
  public static Attributes parse(byte[] buffer, int offset, int length)
      throws NetlinkFormatException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    var list = new ArrayList<Attribute>();
    int position = offset;
    int end = offset + length;
    while (end - position >= HEADER) {
      var header = new Attribute(0, buffer, position, HEADER);
      int attributeLength = header.u16();
      int type = new Attribute(0, buffer, position + 2, 2).u16() & ~FLAG_BITS;
      if (attributeLength < HEADER || attributeLength > end - position) {
        throw new NetlinkFormatException(
            "attribute %d: length %d, but %d bytes are left"
                .formatted(type, attributeLength, end - position));
      }
      list.add(new Attribute(type, buffer, position + HEADER, attributeLength - HEADER));
      position = Math.min(end, position + aligned(attributeLength));
    }
    return new Attributes(list);
  }

  /** The attribute of that type; the last one, as the kernel does, if there are several. */
  public Optional<Attribute> find(int type) {
    for (int i = list.size() - 1; i >= 0; i--) {
      if (list.get(i).type() == type) {
        return Optional.of(list.get(i));
      }
    }
    return Optional.empty();
  }

  /** The text of an attribute, or "" if there is none. */
  public String string(int type) {
    return find(type).map(Attribute::string).orElse("");
  }

  /** A 32 bit number in host order, or the given value if there is no such attribute. */
  public int u32(int type, int absent) throws NetlinkFormatException {
    var found = find(type);
    return found.isPresent() ? found.get().u32() : absent;
  }

  /** The attributes inside an attribute; empty if there is no such attribute. */
  public Attributes nested(int type) throws NetlinkFormatException {
    var found = find(type);
    return found.isPresent() ? found.get().nested() : new Attributes(List.of());
  }

  /** How many there are. */
  public int size() {
    return list.size();
  }

  @Override
  public Iterator<Attribute> iterator() {
    return list.iterator();
  }

  /** NLA_ALIGN and NLMSG_ALIGN: up to the next multiple of four. */
  static int aligned(int length) {
    return (length + 3) & ~3;
  }
}
