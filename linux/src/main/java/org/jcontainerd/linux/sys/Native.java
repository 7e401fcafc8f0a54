package org.jcontainerd.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jcontainerd.linux.LinuxException;

/**
 * The one way into C. Every function is called as {@code long f(long, long, long, long, long, long,
 * long)}, and system calls through syscall(2).
 *
 * <p>One shape, because linking one costs 4 to 7 ms in a cold JVM, more than a whole container
 * start, and every further function of the same shape costs nothing. It is sound on x86-64 and
 * arm64: integer and pointer arguments travel in registers and then on the caller's stack, a callee
 * ignores those that it does not declare, and an {@code int} result is the low half of the
 * register.
 *
 * <p>Who sets the system property {@code jcontainerd.calls} to the path of libjcalls.so calls
 * through it ({@link JniFunctions}), everybody else through java.lang.foreign.
 *
 * <p>The shape of every binding: the segment that captures errno comes from the confined arena of
 * the arguments, is read before anything else happens, and leaves only inside the exception. There
 * is no shared errno.
 */
final class Native {
  /** {@code int errno}, which is all that is kept of a call. */
  static final int ERRNO_SIZE = 4;

  private static final CFunctions FUNCTIONS = functions();
  private static final MemorySegment SYSCALL = function("syscall");

  private Native() {}

  private static CFunctions functions() {
    if (!Native.class.getModule().isNativeAccessEnabled()) {
      throw new IllegalStateException(
          "native access is off for module org.jcontainerd.linux: start java with"
              + " --enable-native-access=ALL-UNNAMED on the class path, or"
              + " --enable-native-access=org.jcontainerd.linux on the module path");
    }
    String library = System.getProperty("jcontainerd.calls", "");
    return library.isEmpty() ? new ForeignFunctions() : new JniFunctions(library);
  }

  /** The address of a function of the C library. */
  static MemorySegment function(String name) {
    return FUNCTIONS.find(name);
  }

  /** Room for errno, for one call after the other within {@code arena}. */
  static MemorySegment capture(Arena arena) {
    return arena.allocate(ERRNO_SIZE, ERRNO_SIZE);
  }

  /** What the last call with {@code state} left in errno. */
  static int errno(MemorySegment state) {
    return Memory.firstInt(state);
  }

  /** The failure of the last call with {@code state}. */
  static LinuxException failure(MemorySegment state, String call, Object... arguments) {
    return new LinuxException(errno(state), call, arguments);
  }

  /** Flags as messages show them. */
  static Object hex(long flags) {
    return new Hex(flags);
  }

  static long syscall(MemorySegment state, long nr) {
    return call(SYSCALL, state, nr, 0, 0, 0, 0, 0, 0);
  }

  static long syscall(MemorySegment state, long nr, long a) {
    return call(SYSCALL, state, nr, a, 0, 0, 0, 0, 0);
  }

  static long syscall(MemorySegment state, long nr, long a, long b) {
    return call(SYSCALL, state, nr, a, b, 0, 0, 0, 0);
  }

  static long syscall(MemorySegment state, long nr, long a, long b, long c) {
    return call(SYSCALL, state, nr, a, b, c, 0, 0, 0);
  }

  static long syscall(MemorySegment state, long nr, long a, long b, long c, long d) {
    return call(SYSCALL, state, nr, a, b, c, d, 0, 0);
  }

  static long syscall(MemorySegment state, long nr, long a, long b, long c, long d, long e) {
    return call(SYSCALL, state, nr, a, b, c, d, e, 0);
  }

  static long syscall(
      MemorySegment state, long nr, long a, long b, long c, long d, long e, long f) {
    return call(SYSCALL, state, nr, a, b, c, d, e, f);
  }

  /** Calls any C function with up to seven integers or addresses. */
  static long call(
      MemorySegment function,
      MemorySegment state,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g) {
    return FUNCTIONS.call(function, state, a, b, c, d, e, f, g);
  }

  /** A file mode as messages show it. */
  static Object octal(int mode) {
    return new Octal(mode);
  }

  private record Octal(int mode) {
    @Override
    public String toString() {
      return "0" + Integer.toOctalString(mode);
    }
  }

  private record Hex(long value) {
    @Override
    public String toString() {
      return "0x" + Long.toHexString(value);
    }
  }
}
