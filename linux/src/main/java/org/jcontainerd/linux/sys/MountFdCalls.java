package org.jcontainerd.linux.sys;

import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jcontainerd.linux.LinuxException;

/** The mount API of Linux 5.2 and later, where mounts are descriptors until they are attached. */
public final class MountFdCalls {
  // linux/mount.h
  public static final int OPEN_TREE_CLONE = 1;
  public static final int OPEN_TREE_CLOEXEC = FileCalls.O_CLOEXEC;
  public static final int AT_RECURSIVE = 0x8000;
  public static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
  public static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
  public static final int FSOPEN_CLOEXEC = 1;
  public static final int FSMOUNT_CLOEXEC = 1;
  public static final int FSPICK_CLOEXEC = 1;
  public static final int FSCONFIG_SET_FLAG = 0;
  public static final int FSCONFIG_SET_STRING = 1;
  public static final int FSCONFIG_SET_BINARY = 2;
  public static final int FSCONFIG_SET_PATH = 3;
  public static final int FSCONFIG_SET_PATH_EMPTY = 4;
  public static final int FSCONFIG_SET_FD = 5;
  public static final int FSCONFIG_CMD_CREATE = 6;
  public static final int FSCONFIG_CMD_RECONFIGURE = 7;
  public static final int MOUNT_ATTR_RDONLY = 1;
  public static final int MOUNT_ATTR_NOSUID = 2;
  public static final int MOUNT_ATTR_NODEV = 4;
  public static final int MOUNT_ATTR_NOEXEC = 8;
  public static final int MOUNT_ATTR__ATIME = 0x70;
  public static final int MOUNT_ATTR_RELATIME = 0;
  public static final int MOUNT_ATTR_NOATIME = 0x10;
  public static final int MOUNT_ATTR_STRICTATIME = 0x20;
  public static final int MOUNT_ATTR_NODIRATIME = 0x80;
  public static final int MOUNT_ATTR_IDMAP = 0x100000;
  public static final int MOUNT_ATTR_NOSYMFOLLOW = 0x200000;

  /** {@code sizeof(struct mount_attr)}: attr_set, attr_clr, propagation, userns_fd. */
  static final int MOUNT_ATTR_SIZE = 32;

  private MountFdCalls() {}

  /** {@code int open_tree(int dirfd, const char *pathname, unsigned flags)}. */
  public static int open_tree(int dirfd, String path, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long result = syscall(state, Nr.OPEN_TREE, dirfd, Memory.cString(arena, path), flags);
      if (result == -1) {
        throw failure(state, "open_tree", dirfd, path, hex(flags));
      }
      return (int) result;
    }
  }

  /**
   * {@code int move_mount(int from_dirfd, const char *from_pathname, int to_dirfd, const char
   * *to_pathname, unsigned flags)}.
   */
  public static void move_mount(
      int fromDirfd, String fromPath, int toDirfd, String toPath, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(
              state,
              Nr.MOVE_MOUNT,
              fromDirfd,
              Memory.cString(arena, fromPath),
              toDirfd,
              Memory.cString(arena, toPath),
              flags)
          == -1) {
        throw failure(state, "move_mount", fromDirfd, fromPath, toDirfd, toPath, hex(flags));
      }
    }
  }

  /** {@code int fsopen(const char *fsname, unsigned flags)}. */
  public static int fsopen(String fsname, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long result = syscall(state, Nr.FSOPEN, Memory.cString(arena, fsname), flags);
      if (result == -1) {
        throw failure(state, "fsopen", fsname, hex(flags));
      }
      return (int) result;
    }
  }

  /**
   * {@code int fsconfig(int fd, unsigned cmd, const char *key, const void *value, int aux)} with a
   * string.
   */
  public static void fsconfig(int fd, int cmd, String key, String value, int aux)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(
              state,
              Nr.FSCONFIG,
              fd,
              cmd,
              Memory.cString(arena, key),
              Memory.cString(arena, value),
              aux)
          == -1) {
        throw failure(state, "fsconfig", fd, cmd, key, value, aux);
      }
    }
  }

  /** {@code fsconfig} of a flag, with neither value nor aux. */
  public static void fsconfig(int fd, int cmd, String key) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.FSCONFIG, fd, cmd, Memory.cString(arena, key), 0, 0) == -1) {
        throw failure(state, "fsconfig", fd, cmd, key);
      }
    }
  }

  /** {@code fsconfig} of a command, with neither key nor value. */
  public static void fsconfig(int fd, int cmd) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.FSCONFIG, fd, cmd, 0, 0, 0) == -1) {
        throw failure(state, "fsconfig", fd, cmd);
      }
    }
  }

  /** {@code fsconfig} of a descriptor. */
  public static void fsconfig(int fd, int cmd, String key, int aux) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.FSCONFIG, fd, cmd, Memory.cString(arena, key), 0, aux) == -1) {
        throw failure(state, "fsconfig", fd, cmd, key, aux);
      }
    }
  }

  /** {@code int fsmount(int fd, unsigned flags, unsigned attr_flags)}. */
  public static int fsmount(int fd, int flags, int attrFlags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long result = syscall(state, Nr.FSMOUNT, fd, flags, attrFlags);
      if (result == -1) {
        throw failure(state, "fsmount", fd, hex(flags), hex(attrFlags));
      }
      return (int) result;
    }
  }

  /** {@code int fspick(int dirfd, const char *pathname, unsigned flags)}. */
  public static int fspick(int dirfd, String path, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long result = syscall(state, Nr.FSPICK, dirfd, Memory.cString(arena, path), flags);
      if (result == -1) {
        throw failure(state, "fspick", dirfd, path, hex(flags));
      }
      return (int) result;
    }
  }

  /**
   * {@code int mount_setattr(int dirfd, const char *pathname, unsigned flags, struct mount_attr
   * *attr, size_t size)}.
   */
  public static void mount_setattr(
      int dirfd, String path, int flags, long set, long clear, long propagation, int usernsFd)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long name = Memory.cString(arena, path);
      long attr = Memory.longs(arena, set, clear, propagation, Math.max(usernsFd, 0));
      if (syscall(state, Nr.MOUNT_SETATTR, dirfd, name, flags, attr, MOUNT_ATTR_SIZE) == -1) {
        throw failure(
            state,
            "mount_setattr",
            dirfd,
            path,
            hex(flags),
            hex(set),
            hex(clear),
            hex(propagation));
      }
    }
  }
}
