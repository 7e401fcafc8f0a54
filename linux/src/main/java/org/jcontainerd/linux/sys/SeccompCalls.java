package org.jcontainerd.linux.sys;

import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jcontainerd.linux.LinuxException;

/** System call filters. */
public final class SeccompCalls {
  // linux/seccomp.h
  public static final int SECCOMP_SET_MODE_FILTER = 1;
  public static final int SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;

  private SeccompCalls() {}

  /** {@code int seccomp(unsigned operation, unsigned flags, void *args)} with no args. */
  public static int seccomp(int operation, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long result = syscall(state, Nr.SECCOMP, operation, flags, 0);
      if (result == -1) {
        throw failure(state, "seccomp", operation, hex(flags));
      }
      return (int) result;
    }
  }
}
