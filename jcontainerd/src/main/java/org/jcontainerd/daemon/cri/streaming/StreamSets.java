package org.jcontainerd.daemon.cri.streaming;

import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.streaming.StreamSet;

/** The streams of a request, checked. */
final class StreamSets {
  private StreamSets() {}

  static StreamSet of(boolean stdin, boolean stdout, boolean stderr, boolean tty) {
    try {
      return new StreamSet(stdin, stdout, stderr, tty);
    } catch (IllegalArgumentException e) {
      throw new DaemonFailure.InvalidArgument(String.valueOf(e.getMessage()), e);
    }
  }
}
