package org.jcontainerd.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * By two native methods (src/main/c/jcalls.c). For commands: to link what {@link ForeignFunctions}
 * needs takes a tenth of the life of a JVM that makes a few calls and ends.
 */
@SuppressWarnings("restricted") // the reason of this package
final class JniFunctions implements CFunctions {
  /**
   * @param library the absolute path of the library
   * @throws UnsatisfiedLinkError if it cannot be loaded
   */
  JniFunctions(String library) {
    System.load(library);
  }

  @Override
  public MemorySegment find(String name) {
    try (Arena arena = Arena.ofConfined()) {
      long address = address(Memory.cString(arena, name));
      if (address == 0) {
        throw CFunctions.missing(name);
      }
      return MemorySegment.ofAddress(address);
    }
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
    return call(function.address(), state.address(), a, b, c, d, e, f, g);
  }

  /** dlsym(3) of a C string; 0 if there is no such symbol. */
  private static native long address(long name);

  private static native long call(
      long function, long state, long a, long b, long c, long d, long e, long f, long g);
}
