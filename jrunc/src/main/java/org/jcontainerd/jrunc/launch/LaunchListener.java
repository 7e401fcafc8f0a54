package org.jcontainerd.jrunc.launch;

import java.io.IOException;
import org.jcontainerd.linux.Fd;

/** Hears what happens between a plan's beginning and its end. The defaults do nothing. */
public interface LaunchListener {
  /** A listener that hears nothing. */
  LaunchListener NONE = new LaunchListener() {};

  /**
   * The process waits, and goes on when this returns: the place of hooks.
   *
   * @throws IOException ends the launch; the caller closes it, which ends the process
   */
  default void synced(ProcessIdentity process, String tag) throws IOException {}

  /** A lenient step failed. */
  default void warned(StepFailure failure) {}

  /**
   * The process has installed a seccomp filter with a listener. From now on it may wait for an
   * answer at every call, so whoever answers has to get the listener at once.
   *
   * @param fd owned by the receiver; the default closes it
   * @throws IOException ends the launch; the caller closes it, which ends the process
   */
  default void seccompListener(ProcessIdentity process, Fd fd) throws IOException {
    fd.close();
  }

  /** A step is done, in traced plans. */
  default void done(HelperMessage.Done done) {}
}
