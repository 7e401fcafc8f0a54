package org.jcontainerd.linux.mount;

import java.util.Set;

/** Flags of umount2(2), from linux/fs.h. */
public enum UnmountFlag {
  FORCE(1),
  /** Out of sight now, ended when nobody uses it any more. */
  DETACH(2),
  EXPIRE(4),
  /** Do not follow a symbolic link at the target. */
  NO_FOLLOW(8);

  private final int bits;

  UnmountFlag(int bits) {
    this.bits = bits;
  }

  /** {@code MNT_...} or {@code UMOUNT_NOFOLLOW}. */
  public int bits() {
    return bits;
  }

  static int bits(Set<UnmountFlag> flags) {
    return flags.stream().mapToInt(UnmountFlag::bits).reduce(0, (a, b) -> a | b);
  }
}
