package org.jcontainerd.jrunc.plan;

import java.util.Set;

/**
 * An attribute of a mount, as mount_setattr(2) takes it (linux/mount.h).
 *
 * <p>The access time attributes are values of one field: to set any of them, {@link #ATIME_FIELD}
 * is cleared as well, which {@link #clearMask} does.
 */
public enum MountAttribute {
  RDONLY(0x1, 0x1),
  NOSUID(0x2, 0x2),
  NODEV(0x4, 0x4),
  NOEXEC(0x8, 0x8),
  RELATIME(0x0, 0x200000),
  NOATIME(0x10, 0x400),
  STRICTATIME(0x20, 0x1000000),
  NODIRATIME(0x80, 0x800),
  NOSYMFOLLOW(0x200000, 0x100);

  /** MOUNT_ATTR__ATIME. */
  public static final long ATIME_FIELD = 0x70;

  private final long bit;
  private final long oldFlag;

  MountAttribute(long bit, long oldFlag) {
    this.bit = bit;
    this.oldFlag = oldFlag;
  }

  /** The MOUNT_ATTR_* value; that of {@link #RELATIME} is zero. */
  public long bit() {
    return bit;
  }

  /** The MS_* value of mount(2). */
  long oldFlag() {
    return oldFlag;
  }

  static long oldFlags(Set<MountAttribute> set) {
    return set.stream().mapToLong(MountAttribute::oldFlag).reduce(0, (a, b) -> a | b);
  }

  private boolean accessTime() {
    return this == RELATIME || this == NOATIME || this == STRICTATIME;
  }

  static long setMask(Set<MountAttribute> set) {
    return set.stream().mapToLong(MountAttribute::bit).reduce(0, (a, b) -> a | b);
  }

  static long clearMask(Set<MountAttribute> set, Set<MountAttribute> clear) {
    long mask = 0;
    for (var attribute : clear) {
      mask |= attribute.accessTime() ? ATIME_FIELD : attribute.bit();
    }
    return set.stream().anyMatch(MountAttribute::accessTime) ? mask | ATIME_FIELD : mask;
  }
}
