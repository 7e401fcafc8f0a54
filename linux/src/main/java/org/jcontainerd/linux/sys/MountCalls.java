package org.jcontainerd.linux.sys;

import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jcontainerd.linux.LinuxException;

/** mount(2) and umount2(2). */
public final class MountCalls {
  private MountCalls() {}

  /**
   * {@code int mount(const char *source, const char *target, const char *fstype, unsigned long
   * flags, const void *data)}; empty strings are passed as they are.
   */
  public static void mount(String source, String target, String fstype, long flags, String data)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long rc =
          syscall(
              state,
              Nr.MOUNT,
              Memory.cString(arena, source),
              Memory.cString(arena, target),
              Memory.cString(arena, fstype),
              flags,
              Memory.cString(arena, data));
      if (rc == -1) {
        throw failure(state, "mount", source, target, fstype, hex(flags), data);
      }
    }
  }

  /** {@code int umount2(const char *target, int flags)}. */
  public static void umount2(String target, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.UMOUNT2, Memory.cString(arena, target), flags) == -1) {
        throw failure(state, "umount2", target, hex(flags));
      }
    }
  }
}
