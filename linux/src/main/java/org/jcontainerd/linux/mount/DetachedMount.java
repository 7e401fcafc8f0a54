package org.jcontainerd.linux.mount;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.FileCalls;
import org.jcontainerd.linux.sys.MountFdCalls;
import org.jcontainerd.linux.sys.PathCalls;

/**
 * A mount, or tree of mounts, that is attached nowhere: it is prepared out of everybody's sight,
 * and then appears in one step. Closed without having been attached, it is gone. Owned by whoever
 * made it; its descriptor may also be sent to another process and attached there.
 */
public final class DetachedMount implements AutoCloseable {
  private final Fd fd;

  private DetachedMount(Fd fd) {
    this.fd = fd;
  }

  public static DetachedMount adopt(Fd fd) {
    return new DetachedMount(fd);
  }

  /** A copy of what is at {@code source}, as a bind mount makes it; with what is mounted below. */
  public static DetachedMount clone(Path source, boolean recursive) throws LinuxException {
    return clone(FileCalls.AT_FDCWD, source.toString(), recursive ? MountFdCalls.AT_RECURSIVE : 0);
  }

  /** As {@link #clone(Path, boolean)} of an open file or directory. */
  public static DetachedMount clone(Fd source, boolean recursive) throws LinuxException {
    int flags = PathCalls.AT_EMPTY_PATH | (recursive ? MountFdCalls.AT_RECURSIVE : 0);
    return clone(source.number(), "", flags);
  }

  private static DetachedMount clone(int dirfd, String path, int flags) throws LinuxException {
    int all = flags | MountFdCalls.OPEN_TREE_CLONE | MountFdCalls.OPEN_TREE_CLOEXEC;
    return new DetachedMount(
        Fd.adopt(MountFdCalls.open_tree(dirfd, path, all), "clone of " + path));
  }

  /** The descriptor, which stays owned by this object. */
  public Fd fd() {
    return fd;
  }

  /**
   * Changes attributes.
   *
   * @param recursive of all mounts of the tree: all or none (Linux 5.12)
   * @param set must not contain more than one of the atime attributes; one replaces the other
   */
  public void change(Set<MountAttribute> set, Set<MountAttribute> clear, boolean recursive)
      throws LinuxException {
    int atime = MountAttribute.NO_ATIME.bits() | MountAttribute.STRICT_ATIME.bits();
    int setBits = MountAttribute.bits(set);
    int clearBits = MountAttribute.bits(clear);
    if (((setBits | clearBits) & atime) != 0) {
      // the three are one field, which is cleared as a whole (mount_setattr(2))
      clearBits = (clearBits & ~atime) | MountFdCalls.MOUNT_ATTR__ATIME;
    }
    setattr(setBits, clearBits, 0, Optional.empty(), recursive);
  }

  /**
   * Sets the propagation.
   *
   * @param propagation one of PRIVATE, SHARED, SLAVE, UNBINDABLE
   */
  public void propagation(MountFlag propagation, boolean recursive) throws LinuxException {
    setattr(0, 0, propagation.bits(), Optional.empty(), recursive);
  }

  /** Shows owners through the id maps of a user namespace (Linux 5.12). */
  public void mapIds(Fd userNamespace, boolean recursive) throws LinuxException {
    setattr(MountFdCalls.MOUNT_ATTR_IDMAP, 0, 0, Optional.of(userNamespace), recursive);
  }

  private void setattr(
      long set, long clear, long propagation, Optional<Fd> userNamespace, boolean recursive)
      throws LinuxException {
    int flags = PathCalls.AT_EMPTY_PATH | (recursive ? MountFdCalls.AT_RECURSIVE : 0);
    int userns = userNamespace.map(Fd::number).orElse(0);
    MountFdCalls.mount_setattr(fd.number(), "", flags, set, clear, propagation, userns);
  }

  /** Attaches at a host path. */
  public void attach(Path target) throws LinuxException {
    MountFdCalls.move_mount(
        fd.number(),
        "",
        FileCalls.AT_FDCWD,
        target.toString(),
        MountFdCalls.MOVE_MOUNT_F_EMPTY_PATH);
  }

  /** Attaches at an open directory or file, such as one in a container's root. */
  public void attach(Fd target) throws LinuxException {
    MountFdCalls.move_mount(
        fd.number(),
        "",
        target.number(),
        "",
        MountFdCalls.MOVE_MOUNT_F_EMPTY_PATH | MountFdCalls.MOVE_MOUNT_T_EMPTY_PATH);
  }

  @Override
  public void close() {
    fd.close();
  }
}
