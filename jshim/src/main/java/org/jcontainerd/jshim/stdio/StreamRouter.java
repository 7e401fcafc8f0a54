package org.jcontainerd.jshim.stdio;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jcontainerd.linux.Fd;

/** Finds what a stream client wants. Called on the loop of the stream socket: must not wait. */
public interface StreamRouter {

  /** Takes a client over. */
  @FunctionalInterface
  interface Taker {
    /**
     * @param first bytes that it sent with its request
     */
    void take(Fd client, ByteBuffer first) throws IOException;
  }

  /** The place of one client. */
  sealed interface Place {
    Taker taker();
  }

  /** At a running process: taken after it was told that it is welcome, may wait. */
  record Attach(Taker taker) implements Place {}

  /**
   * At an exec that is about to be started: taken before it is told, so that a start that follows
   * the answer finds it. Does not wait.
   */
  record Reserve(Taker taker) implements Place {}

  /** Finds the place, or fails with the sentence that the client gets. */
  Place find(StreamRequest request) throws IOException;
}
