package org.jcontainerd.linux.sys;

import java.lang.foreign.MemorySegment;

/** A way to call the functions of the C library by address. */
sealed interface CFunctions permits ForeignFunctions, JniFunctions {
  /** The address of a function. */
  MemorySegment find(String name);

  /**
   * Calls a function with up to seven integers or addresses.
   *
   * @param state 4 bytes, which hold the function's errno afterwards
   */
  long call(
      MemorySegment function,
      MemorySegment state,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g);

  /** The failure of {@link #find}. */
  static UnsupportedOperationException missing(String name) {
    return new UnsupportedOperationException("libc has no '" + name + "'");
  }
}
