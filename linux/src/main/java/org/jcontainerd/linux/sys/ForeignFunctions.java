package org.jcontainerd.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** By java.lang.foreign, which needs no file beside the jars. For programs that stay. */
@SuppressWarnings("restricted") // the reason of this package
final class ForeignFunctions implements CFunctions {
  private static final MethodHandle CALL = link();

  private static MethodHandle link() {
    if (Linker.Option.captureStateLayout().byteSize() != Native.ERRNO_SIZE) {
      throw new AssertionError("the linker captures more than errno");
    }
    FunctionDescriptor sevenLongs =
        FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    return Linker.nativeLinker()
        .downcallHandle(sevenLongs, Linker.Option.captureCallState("errno"));
  }

  @Override
  public MemorySegment find(String name) {
    return Linker.nativeLinker()
        .defaultLookup()
        .find(name)
        .orElseThrow(() -> CFunctions.missing(name));
  }

  @Override
  public long call(
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
}
