package org.jcontainerd.jshim.stdio;

import java.io.IOException;
import java.util.OptionalLong;
import org.jcontainerd.linux.Fd;

/** Where the output of a process goes. Confined to its loop. */
interface OutputTarget {
  /**
   * Takes one bounded turn's worth of bytes.
   *
   * @return how many; 0 at the end, empty if there is nothing now
   */
  OptionalLong pull(Fd source) throws IOException;

  /** Whether a reader is so far behind that the process has to wait. */
  default boolean isFull() {
    return false;
  }

  /** Sets what is called when {@link #isFull} has become false. */
  default void onRoom(Runnable action) {}

  /** Nothing more comes. Called once. */
  void end() throws IOException;
}
