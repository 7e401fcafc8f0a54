package org.jcontainerd.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import org.jcontainerd.linux.LinuxException;

/**
 * The one downcall. Every C function is called through the same method handle, {@code long f(long,
 * long, long, long, long, long, long)}, and system calls through syscall(2).
 *
 * <p>One shape, because linking one costs 4 to 7 ms in a cold JVM, more than a whole container
 * start, and every further function of the same shape costs nothing. It is sound on x86-64 and
 * arm64: integer and pointer arguments travel in registers and then on the caller's stack, a callee
 * ignores those that it does not declare, and an {@code int} result is the low half of the
 * register.
 *
 * <p>The shape of every binding: the segment that captures errno comes from the confined arena of
 * the arguments, is read before anything else happens, and leaves only inside the exception. There
 * is no shared errno.
 */
@SuppressWarnings("restricted") // the reason of this package
final class Native {
  private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
  private static final long ERRNO = errnoOffset();
  private static final MethodHandle CALL = link();
  private static final MemorySegment SYSCALL = function("syscall");

  private Native() {}

  /** By hand, because the first layout path in a JVM costs 7 ms. */
  private static long errnoOffset() {
    long offset = 0;
    for (MemoryLayout member : CAPTURE.memberLayouts()) {
      if (member.name().filter("errno"::equals).isPresent()) {
        return offset;
      }
      offset += member.byteSize();
    }
    throw new AssertionError("the layout of the capture state has no errno");
  }

  private static MethodHandle link() {
    if (!Native.class.getModule().isNativeAccessEnabled()) {
      throw new IllegalStateException(
          "native access is off for module org.jcontainerd.linux: start java with"
              + " --enable-native-access=ALL-UNNAMED on the class path, or"
              + " --enable-native-access=org.jcontainerd.linux on the module path");
    }
    FunctionDescriptor sevenLongs =
        FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    return Linker.nativeLinker()
        .downcallHandle(sevenLongs, Linker.Option.captureCallState("errno"));
  }

  /** The address of a function of the C library. */
  static MemorySegment function(String name) {
    return Linker.nativeLinker()
        .defaultLookup()
        .find(name)
        .orElseThrow(() -> new UnsupportedOperationException("libc has no '" + name + "'"));
  }

  /** Room for errno, for one call after the other within {@code arena}. */
  static MemorySegment capture(Arena arena) {
    return arena.allocate(CAPTURE);
  }

  /** What the last call with {@code state} left in errno. */
  static int errno(MemorySegment state) {
    return Memory.firstInt(state.asSlice(ERRNO, 4));
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
    try {
      return (long) CALL.invokeExact(function, state, a, b, c, d, e, f, g);
    } catch (RuntimeException | Error x) {
      throw x;
    } catch (Throwable x) {
      throw new AssertionError("downcall", x);
    }
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
