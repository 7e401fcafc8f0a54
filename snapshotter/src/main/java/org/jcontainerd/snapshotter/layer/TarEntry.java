package org.jcontainerd.snapshotter.layer;

import java.time.Instant;
import java.util.Map;

/**
 * One entry of a tar archive as it was written: nothing in it is checked. Immutable.
 *
 * @param type what it is; {@link Type#OTHER} for a type flag that means nothing to us
 * @param name bytes of the name, kept as {@link org.jcontainerd.linux.fs.FileName} does
 * @param linkName target of a link, "" for others
 * @param mode permission bits, with set-user-id and the like; no file type
 * @param size bytes of content, with the holes of a sparse file
 * @param xattrs extended attributes: name to value
 */
record TarEntry(
    Type type,
    char typeFlag,
    String name,
    String linkName,
    int mode,
    long uid,
    long gid,
    long size,
    Instant modified,
    int deviceMajor,
    int deviceMinor,
    Map<String, byte[]> xattrs) {

  /** Types of entries (POSIX.1-2024, pax, "ustar Interchange Format"). */
  enum Type {
    FILE,
    HARD_LINK,
    SYMLINK,
    CHARACTER_DEVICE,
    BLOCK_DEVICE,
    DIRECTORY,
    FIFO,
    OTHER;

    static Type of(char flag) {
      return switch (flag) {
        // 7 is a contiguous file, S a sparse one of old GNU tar, NUL a file before POSIX
        case '0', '\0', '7', 'S' -> FILE;
        case '1' -> HARD_LINK;
        case '2' -> SYMLINK;
        case '3' -> CHARACTER_DEVICE;
        case '4' -> BLOCK_DEVICE;
        // D is a directory in GNU tar's incremental archives
        case '5', 'D' -> DIRECTORY;
        case '6' -> FIFO;
        default -> OTHER;
      };
    }
  }
}
