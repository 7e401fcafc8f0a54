package org.jcontainerd.linux.socket;

import java.util.List;
import org.jcontainerd.linux.Fd;

/** What a receive without waiting found. */
public sealed interface Received {
  /**
   * Bytes, and descriptors that the receiver owns from now on.
   *
   * @param bytes not empty
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Message(byte[] bytes, List<Fd> fds) implements Received, AutoCloseable {
    public Message {
      fds = List.copyOf(fds);
    }

    /** Closes all descriptors that have not been closed. */
    @Override
    public void close() {
      fds.forEach(Fd::close);
    }
  }

  /** Nothing is there yet. */
  record NothingYet() implements Received {}

  /** The peer has closed or shut down its side, and everything has been received. */
  record Ended() implements Received {}
}
