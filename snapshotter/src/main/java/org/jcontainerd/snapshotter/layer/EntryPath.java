package org.jcontainerd.snapshotter.layer;

import java.util.ArrayList;

/**
 * A path of an archive as it counts from the layer's root. Immutable.
 *
 * <p>Leading slashes, empty components and "." mean nothing. A component ".." is refused: tools
 * make no such names, and readers disagree on them (GNU tar refuses them as well).
 *
 * @param parent components without the last, separated by slashes; "" for the root
 * @param name the last component; "" only for the root itself
 */
record EntryPath(String parent, String name) {
  private static final int MAX_PATH = 4096;
  private static final int MAX_NAME = 255;

  static EntryPath of(String raw) throws LayerException {
    if (raw.length() > MAX_PATH) {
      throw LayerException.of(raw, "name has more than 4096 characters");
    }
    if (raw.indexOf('\0') >= 0) {
      throw LayerException.of(raw, "name contains NUL");
    }
    var components = new ArrayList<String>();
    for (int at = 0; at < raw.length(); ) {
      int slash = raw.indexOf('/', at);
      int end = slash < 0 ? raw.length() : slash;
      var component = raw.substring(at, end);
      if (component.equals("..")) {
        throw LayerException.of(raw, "name has a component '..'");
      }
      if (component.length() > MAX_NAME) {
        throw LayerException.of(raw, "name has a component of more than 255 characters");
      }
      if (!component.isEmpty() && !component.equals(".")) {
        components.add(component);
      }
      at = end + 1;
    }
    if (components.isEmpty()) {
      return new EntryPath("", "");
    }
    var name = components.removeLast();
    return new EntryPath(String.join("/", components), name);
  }

  boolean isRoot() {
    return name.isEmpty();
  }

  /** All components. */
  String whole() {
    return parent.isEmpty() ? name : parent + "/" + name;
  }
}
