package org.jcontainerd.linux.mount;

import java.util.Set;

/** Flags of mount(2), from linux/mount.h. */
public enum MountFlag {
  READ_ONLY(1),
  NO_SUID(2),
  NO_DEV(4),
  NO_EXEC(8),
  SYNCHRONOUS(0x10),
  REMOUNT(0x20),
  MANDATORY_LOCK(0x40),
  DIR_SYNC(0x80),
  /** Since Linux 5.10. */
  NO_SYMLINK_FOLLOW(0x100),
  NO_ATIME(0x400),
  NO_DIR_ATIME(0x800),
  BIND(0x1000),
  MOVE(0x2000),
  RECURSIVE(0x4000),
  SILENT(0x8000),
  POSIX_ACL(1 << 16),
  UNBINDABLE(1 << 17),
  PRIVATE(1 << 18),
  SLAVE(1 << 19),
  SHARED(1 << 20),
  RELATIVE_ATIME(1 << 21),
  I_VERSION(1 << 23),
  STRICT_ATIME(1 << 24),
  LAZY_TIME(1 << 25);

  private final int bits;

  MountFlag(int bits) {
    this.bits = bits;
  }

  /** {@code MS_...}. */
  public int bits() {
    return bits;
  }

  static long bits(Set<MountFlag> flags) {
    return flags.stream().mapToLong(MountFlag::bits).reduce(0, (a, b) -> a | b);
  }
}
