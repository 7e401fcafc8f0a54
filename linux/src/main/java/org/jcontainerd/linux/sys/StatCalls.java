package org.jcontainerd.linux.sys;

import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jcontainerd.linux.LinuxException;

/** statx(2) and statfs(2). */
public final class StatCalls {
  // linux/stat.h
  public static final int STATX_BASIC_STATS = 0x7FF;
  public static final int STATX_MNT_ID = 0x1000;
  public static final long STATX_ATTR_MOUNT_ROOT = 0x2000;
  static final int STATX_SIZE = 256;
  static final int STX_ATTRIBUTES = 8;
  static final int STX_NLINK = 16;
  static final int STX_UID = 20;
  static final int STX_GID = 24;
  static final int STX_MODE = 28;
  static final int STX_INO = 32;
  static final int STX_SIZE = 40;
  static final int STX_BLOCKS = 48;
  static final int STX_ATIME = 64;
  static final int STX_CTIME = 96;
  static final int STX_MTIME = 112;
  static final int STX_RDEV_MAJOR = 128;
  static final int STX_RDEV_MINOR = 132;
  static final int STX_DEV_MAJOR = 136;
  static final int STX_DEV_MINOR = 140;
  static final int STX_MNT_ID = 144;

  // struct statfs of asm-generic/statfs.h, 64 bits
  static final int STATFS_SIZE = 120;
  static final int F_TYPE = 0;
  static final int F_BSIZE = 8;
  static final int F_BLOCKS = 16;
  static final int F_BFREE = 24;
  static final int F_BAVAIL = 32;
  static final int F_FILES = 40;
  static final int F_FFREE = 48;
  static final int F_FRSIZE = 72;

  /** {@code struct statx_timestamp}. */
  public record Timestamp(long tvSec, int tvNsec) {}

  /** The fields of {@code struct statx} that we use. */
  public record Statx(
      long attributes,
      int nlink,
      int uid,
      int gid,
      int mode,
      long ino,
      long size,
      long blocks,
      Timestamp atime,
      Timestamp ctime,
      Timestamp mtime,
      int rdevMajor,
      int rdevMinor,
      int devMajor,
      int devMinor,
      long mntId) {}

  /** The fields of {@code struct statfs} that we use. */
  public record Statfs(
      long type, long bsize, long blocks, long bfree, long bavail, long files, long ffree) {}

  private StatCalls() {}

  /**
   * {@code int statx(int dirfd, const char *pathname, int flags, unsigned mask, struct statx
   * *buf)}.
   */
  public static Statx statx(int dirfd, String path, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment memory = arena.allocate(STATX_SIZE, 8);
      long name = Memory.cString(arena, path);
      int mask = STATX_BASIC_STATS | STATX_MNT_ID;
      if (syscall(state, Nr.STATX, dirfd, name, flags, mask, memory.address()) == -1) {
        throw failure(state, "statx", dirfd, path, hex(flags));
      }
      ByteBuffer buf = Memory.view(memory);
      return new Statx(
          buf.getLong(STX_ATTRIBUTES),
          buf.getInt(STX_NLINK),
          buf.getInt(STX_UID),
          buf.getInt(STX_GID),
          Short.toUnsignedInt(buf.getShort(STX_MODE)),
          buf.getLong(STX_INO),
          buf.getLong(STX_SIZE),
          buf.getLong(STX_BLOCKS),
          timestamp(buf, STX_ATIME),
          timestamp(buf, STX_CTIME),
          timestamp(buf, STX_MTIME),
          buf.getInt(STX_RDEV_MAJOR),
          buf.getInt(STX_RDEV_MINOR),
          buf.getInt(STX_DEV_MAJOR),
          buf.getInt(STX_DEV_MINOR),
          buf.getLong(STX_MNT_ID));
    }
  }

  private static Timestamp timestamp(ByteBuffer buf, int at) {
    return new Timestamp(buf.getLong(at), buf.getInt(at + 8));
  }

  /** {@code int statfs(const char *path, struct statfs *buf)}; counts are in units of f_frsize. */
  public static Statfs statfs(String path) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment buf = arena.allocate(STATFS_SIZE, 8);
      if (syscall(state, Nr.STATFS, Memory.cString(arena, path), buf.address()) == -1) {
        throw failure(state, "statfs", path);
      }
      return statfs(Memory.view(buf));
    }
  }

  /** {@code int fstatfs(int fd, struct statfs *buf)}. */
  public static Statfs fstatfs(int fd) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment buf = arena.allocate(STATFS_SIZE, 8);
      if (syscall(state, Nr.FSTATFS, fd, buf.address()) == -1) {
        throw failure(state, "fstatfs", fd);
      }
      return statfs(Memory.view(buf));
    }
  }

  private static Statfs statfs(ByteBuffer buf) {
    long fragment = buf.getLong(F_FRSIZE);
    return new Statfs(
        buf.getLong(F_TYPE),
        fragment == 0 ? buf.getLong(F_BSIZE) : fragment,
        buf.getLong(F_BLOCKS),
        buf.getLong(F_BFREE),
        buf.getLong(F_BAVAIL),
        buf.getLong(F_FILES),
        buf.getLong(F_FFREE));
  }
}
