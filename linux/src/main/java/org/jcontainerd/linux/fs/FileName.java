package org.jcontainerd.linux.fs;

import org.jcontainerd.linux.sys.FileNames;

/**
 * Names of files as the kernel has them: bytes. In Java they are strings, decoded as UTF-8, where
 * each byte that is not UTF-8 becomes one lone surrogate, so that encoding gives the same bytes
 * again.
 */
public final class FileName {
  private FileName() {}

  public static String decode(byte[] bytes) {
    return FileNames.decode(bytes);
  }

  public static byte[] encode(String name) {
    return FileNames.encode(name);
  }

  /**
   * Makes sure that {@code name} is the name of one entry and leads nowhere else.
   *
   * @return the name
   * @throws IllegalArgumentException if it is empty, {@code .} or {@code ..}, or has a slash or NUL
   */
  @com.google.errorprone.annotations.CanIgnoreReturnValue
  static String check(String name) {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "file name '" + name.replace("\0", "\\0") + "': not the name of an entry");
    }
    return name;
  }
}
