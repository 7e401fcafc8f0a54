package org.jcontainerd.linux.sys;

import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jcontainerd.linux.LinuxException;

/** Extended attributes, xattr(7), of a path whose last part is not followed. */
public final class XattrCalls {
  // linux/xattr.h
  public static final int XATTR_CREATE = 1;
  public static final int XATTR_REPLACE = 2;

  /** {@code XATTR_SIZE_MAX}, {@code XATTR_LIST_MAX} of linux/limits.h. */
  private static final int SIZE_MAX = 65536;

  private XattrCalls() {}

  /**
   * {@code int lsetxattr(const char *path, const char *name, const void *value, size_t size, int
   * flags)}.
   */
  public static void lsetxattr(String path, String name, byte[] value, int flags)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(
              state,
              Nr.LSETXATTR,
              Memory.cString(arena, path),
              Memory.cString(arena, name),
              Memory.copyOf(arena, value),
              value.length,
              flags)
          == -1) {
        throw failure(state, "lsetxattr", path, name, value.length, flags);
      }
    }
  }

  /** {@code int lremovexattr(const char *path, const char *name)}. */
  public static void lremovexattr(String path, String name) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.LREMOVEXATTR, Memory.cString(arena, path), Memory.cString(arena, name))
          == -1) {
        throw failure(state, "lremovexattr", path, name);
      }
    }
  }

  /** {@code ssize_t lgetxattr(const char *path, const char *name, void *value, size_t size)}. */
  public static byte[] lgetxattr(String path, String name) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment value = arena.allocate(SIZE_MAX);
      long n =
          syscall(
              state,
              Nr.LGETXATTR,
              Memory.cString(arena, path),
              Memory.cString(arena, name),
              value.address(),
              SIZE_MAX);
      if (n == -1) {
        throw failure(state, "lgetxattr", path, name);
      }
      return Memory.bytes(value, n);
    }
  }

  /**
   * {@code ssize_t llistxattr(const char *path, char *list, size_t size)}: names, each with a NUL.
   */
  public static byte[] llistxattr(String path) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment value = arena.allocate(SIZE_MAX);
      long n =
          syscall(state, Nr.LLISTXATTR, Memory.cString(arena, path), value.address(), SIZE_MAX);
      if (n == -1) {
        throw failure(state, "llistxattr", path);
      }
      return Memory.bytes(value, n);
    }
  }
}
