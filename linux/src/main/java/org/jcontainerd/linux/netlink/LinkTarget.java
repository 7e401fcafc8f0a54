package org.jcontainerd.linux.netlink;

/** Which link a request means. */
public sealed interface LinkTarget {
  /** The link of that name. */
  record Named(String name) implements LinkTarget {
    @Override
    public String toString() {
      return "'" + name + "'";
    }
  }

  /** The link of that number. */
  record Indexed(int index) implements LinkTarget {
    @Override
    public String toString() {
      return "index " + index;
    }
  }

  /** The link of that name. */
  static LinkTarget named(String name) {
    return new Named(name);
  }

  /** The link of that number. */
  static LinkTarget indexed(int index) {
    return new Indexed(index);
  }

  /** The index for an {@code ifinfomsg}; 0 says that the name follows as an attribute. */
  default int indexOrZero() {
    return switch (this) {
      case Named _ -> 0;
      case Indexed(int index) -> index;
    };
  }
}
