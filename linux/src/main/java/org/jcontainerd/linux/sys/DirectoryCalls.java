package org.jcontainerd.linux.sys;

import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jcontainerd.linux.LinuxException;

/** openat2(2) and getdents64(2). */
public final class DirectoryCalls {
  // linux/openat2.h
  public static final int RESOLVE_NO_XDEV = 1;
  public static final int RESOLVE_NO_MAGICLINKS = 2;
  public static final int RESOLVE_NO_SYMLINKS = 4;
  public static final int RESOLVE_BENEATH = 8;
  public static final int RESOLVE_IN_ROOT = 0x10;

  /** {@code sizeof(struct open_how)}: flags, mode, resolve. */
  static final int OPEN_HOW_SIZE = 24;

  // dirent.h
  public static final int DT_UNKNOWN = 0;
  public static final int DT_DIR = 4;

  // struct linux_dirent64 of getdents64(2)
  static final int D_RECLEN = 16;
  static final int D_TYPE = 18;
  static final int D_NAME = 19;
  private static final int BUFFER = 32768;

  /**
   * One entry of a directory.
   *
   * @param dType {@code DT_...}
   */
  public record Dirent(String dName, int dType) {}

  private DirectoryCalls() {}

  /**
   * {@code int openat2(int dirfd, const char *pathname, const struct open_how *how, size_t size)}.
   */
  public static int openat2(int dirfd, String path, int flags, int mode, int resolve)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long how = Memory.longs(arena, flags & 0xFFFFFFFFL, mode, resolve);
      long name = Memory.cString(arena, path);
      long fd = syscall(state, Nr.OPENAT2, dirfd, name, how, OPEN_HOW_SIZE);
      if (fd == -1) {
        throw failure(state, "openat2", dirfd, path, hex(flags), Native.octal(mode), hex(resolve));
      }
      return (int) fd;
    }
  }

  /**
   * {@code ssize_t getdents64(int fd, void *dirp, size_t count)} until the end, without {@code .}
   * and {@code ..}.
   */
  public static List<Dirent> getdents64(int fd) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment buffer = arena.allocate(BUFFER, 8);
      var entries = new ArrayList<Dirent>();
      while (true) {
        long n = syscall(state, Nr.GETDENTS64, fd, buffer.address(), BUFFER);
        if (n == -1) {
          throw failure(state, "getdents64", fd);
        }
        if (n == 0) {
          return entries;
        }
        parse(Memory.bytes(buffer, n), entries);
      }
    }
  }

  private static void parse(byte[] records, List<Dirent> into) {
    ByteBuffer buffer = ByteBuffer.wrap(records).order(ByteOrder.nativeOrder());
    int at = 0;
    while (at < records.length) {
      int length = Short.toUnsignedInt(buffer.getShort(at + D_RECLEN));
      int end = at + D_NAME;
      while (records[end] != 0) {
        end++;
      }
      String name = FileNames.decode(Arrays.copyOfRange(records, at + D_NAME, end));
      if (!name.equals(".") && !name.equals("..")) {
        into.add(new Dirent(name, records[at + D_TYPE]));
      }
      at += length;
    }
  }
}
