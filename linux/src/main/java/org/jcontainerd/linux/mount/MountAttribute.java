package org.jcontainerd.linux.mount;

import java.util.Set;
import org.jcontainerd.linux.sys.MountFdCalls;

/** Attributes of one mount; see mount_setattr(2). */
public enum MountAttribute {
  READ_ONLY(MountFdCalls.MOUNT_ATTR_RDONLY),
  NO_SUID(MountFdCalls.MOUNT_ATTR_NOSUID),
  NO_DEV(MountFdCalls.MOUNT_ATTR_NODEV),
  NO_EXEC(MountFdCalls.MOUNT_ATTR_NOEXEC),
  NO_ATIME(MountFdCalls.MOUNT_ATTR_NOATIME),
  STRICT_ATIME(MountFdCalls.MOUNT_ATTR_STRICTATIME),
  NO_DIR_ATIME(MountFdCalls.MOUNT_ATTR_NODIRATIME),
  /** Since Linux 5.14. */
  NO_SYMLINK_FOLLOW(MountFdCalls.MOUNT_ATTR_NOSYMFOLLOW);

  private final int bits;

  MountAttribute(int bits) {
    this.bits = bits;
  }

  /** {@code MOUNT_ATTR_...}. */
  public int bits() {
    return bits;
  }

  static int bits(Set<MountAttribute> attributes) {
    return attributes.stream().mapToInt(MountAttribute::bits).reduce(0, (a, b) -> a | b);
  }
}
