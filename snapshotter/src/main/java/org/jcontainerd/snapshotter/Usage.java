package org.jcontainerd.snapshotter;

/**
 * Space that a snapshot takes itself, without its parents. Immutable.
 *
 * @param bytes allocated blocks, in bytes; a hard-linked file counts once
 * @param inodes files, directories and other inodes
 */
public record Usage(long bytes, long inodes) {
  public static final Usage NONE = new Usage(0, 0);

  public Usage plus(Usage other) {
    return new Usage(bytes + other.bytes, inodes + other.inodes);
  }
}
