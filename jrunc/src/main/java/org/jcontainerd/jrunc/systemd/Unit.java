package org.jcontainerd.jrunc.systemd;

import org.jcontainerd.jrunc.RuncFailure;

/**
 * Name and place of a container's unit, as {@code linux.cgroupsPath} says it in the form {@code
 * slice:prefix:name}. Immutable.
 *
 * @param slice the slice that it is in, {@code system.slice}
 * @param name {@code prefix-name.scope}, or the name of a slice
 */
record Unit(String slice, String name) {
  private static final String FIELD = "linux.cgroupsPath";
  private static final String SLICE = ".slice";

  /**
   * @param cgroupsPath of the configuration; "" is a scope of the container's id
   * @param standard the slice if none is named
   */
  static Unit of(String cgroupsPath, String id, String standard)
      throws RuncFailure.InvalidArgument {
    if (cgroupsPath.isEmpty()) {
      return new Unit(standard, "jrunc-" + id + ".scope");
    }
    String[] parts = cgroupsPath.split(":", -1);
    if (parts.length != 3) {
      throw new RuncFailure.InvalidArgument(
          FIELD,
          "'"
              + cgroupsPath
              + "' is not of the form slice:prefix:name, which the systemd driver"
              + " wants");
    }
    if (parts[2].isEmpty() || parts[2].contains("/") || parts[1].contains("/")) {
      throw new RuncFailure.InvalidArgument(FIELD, "'" + cgroupsPath + "' names no unit");
    }
    String slice = parts[0].isEmpty() ? standard : parts[0];
    var unit =
        new Unit(slice, parts[2].endsWith(SLICE) ? parts[2] : parts[1] + "-" + parts[2] + ".scope");
    var _ = expand(slice);
    return unit;
  }

  /** Whether it is a slice itself: it then has no processes of its own for systemd. */
  boolean isSlice() {
    return name.endsWith(SLICE);
  }

  /** The cgroup, from the root that the manager has: {@code /a.slice/a-b.slice/p-n.scope}. */
  String cgroup() throws RuncFailure.InvalidArgument {
    String parent = expand(slice);
    return (parent.equals("/") ? "" : parent) + "/" + name;
  }

  /** {@code a-b.slice} is in {@code a.slice} (systemd.slice(5)). */
  private static String expand(String slice) throws RuncFailure.InvalidArgument {
    if (!slice.endsWith(SLICE) || slice.equals(SLICE) || slice.contains("/")) {
      throw new RuncFailure.InvalidArgument(FIELD, "'" + slice + "' is not the name of a slice");
    }
    String bare = slice.substring(0, slice.length() - SLICE.length());
    if (bare.equals("-")) {
      return "/";
    }
    var path = new StringBuilder();
    var prefix = new StringBuilder();
    for (String part : bare.split("-", -1)) {
      if (part.isEmpty()) {
        throw new RuncFailure.InvalidArgument(FIELD, "'" + slice + "' is not the name of a slice");
      }
      path.append('/').append(prefix).append(part).append(SLICE);
      prefix.append(part).append('-');
    }
    return path.toString();
  }
}
