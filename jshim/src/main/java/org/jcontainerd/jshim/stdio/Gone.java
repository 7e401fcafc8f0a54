package org.jcontainerd.jshim.stdio;

import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;

/** Tells a peer that has left, which is an ordinary end, from a failure. */
final class Gone {
  private Gone() {}

  /**
   * EPIPE and ECONNRESET of sockets and pipes; EIO of a pty master whose last slave is closed
   * (tty_read in the kernel answers so after a hangup).
   */
  static boolean is(LinuxException e) {
    return e.is(Errno.EPIPE, Errno.ECONNRESET, Errno.EIO);
  }
}
