package org.jcontainerd.jrunc.compile;

import java.util.ArrayDeque;

/** Lexical work on paths inside a container, as text: they are never host paths. */
final class ContainerDirectory {
  private ContainerDirectory() {}

  /** The path without "." and "..", absolute; a relative one counts from the root. */
  static String clean(String path) {
    var parts = new ArrayDeque<String>();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  /** Whether {@code path} is {@code directory} or below it; both clean. */
  static boolean isWithin(String directory, String path) {
    return path.equals(directory) || directory.equals("/") || path.startsWith(directory + "/");
  }
}
