package org.jcontainerd.linux.fs;

import org.jcontainerd.linux.sys.PathCalls;

/** The kinds of directory entries. */
public enum FileType {
  REGULAR(PathCalls.S_IFREG),
  DIRECTORY(PathCalls.S_IFDIR),
  SYMBOLIC_LINK(PathCalls.S_IFLNK),
  CHARACTER_DEVICE(PathCalls.S_IFCHR),
  BLOCK_DEVICE(PathCalls.S_IFBLK),
  FIFO(PathCalls.S_IFIFO),
  SOCKET(PathCalls.S_IFSOCK);

  private final int bits;

  FileType(int bits) {
    this.bits = bits;
  }

  /** {@code S_IF...}. */
  public int bits() {
    return bits;
  }

  static FileType of(int mode) {
    for (FileType type : values()) {
      if ((mode & PathCalls.S_IFMT) == type.bits) {
        return type;
      }
    }
    throw new IllegalArgumentException("file mode 0" + Integer.toOctalString(mode) + ": no type");
  }
}
