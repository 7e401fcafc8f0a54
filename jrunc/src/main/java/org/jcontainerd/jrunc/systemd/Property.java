package org.jcontainerd.jrunc.systemd;

import java.util.ArrayList;
import java.util.List;

/**
 * A property of a unit, as the D-Bus interface of systemd has it (org.freedesktop.systemd1(5)).
 * Immutable.
 *
 * @param name {@code MemoryMax}
 * @param signature D-Bus type of the value
 * @param value a Boolean for {@code b}, a String for {@code s}, a Double for {@code d}, a Long for
 *     every kind of integer (unsigned ones by their bits), a List for an array or a struct
 */
record Property(String name, String signature, Object value) {
  static Property of(String name, boolean value) {
    return new Property(name, "b", value);
  }

  static Property of(String name, String value) {
    return new Property(name, "s", value);
  }

  /** An unsigned number of 64 bits; -1 is all bits, which systemd reads as infinity. */
  static Property of(String name, long value) {
    return new Property(name, "t", value);
  }

  static Property bytes(String name, byte[] value) {
    var list = new ArrayList<Long>();
    for (byte b : value) {
      list.add((long) (b & 0xFF));
    }
    return new Property(name, "ay", List.copyOf(list));
  }

  static Property strings(String name, List<String> value) {
    return new Property(name, "as", List.copyOf(value));
  }
}
