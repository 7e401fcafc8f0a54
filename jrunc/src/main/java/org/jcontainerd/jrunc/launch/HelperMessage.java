package org.jcontainerd.jrunc.launch;

import java.util.List;
import org.jcontainerd.linux.Fd;

/** What a helper says on its socket. */
public sealed interface HelperMessage {
  /** The request for the descriptors that a keeper holds. */
  char DESCRIPTORS = 'F';

  /** The plan ended at a step; the helper and the process are gone. */
  record Failed(StepFailure failure) implements HelperMessage {}

  /** A lenient step failed; the plan goes on. */
  record Warning(StepFailure failure) implements HelperMessage {}

  /** The process waits for {@code proceed}. */
  record Synced(ProcessIdentity process, String tag) implements HelperMessage {}

  /** The process waits for its start. */
  record Ready(ProcessIdentity process) implements HelperMessage {}

  /** The program runs (only where the plan had no point to wait for a start). */
  record Started(ProcessIdentity process) implements HelperMessage {}

  /** The process has ended. */
  record Exited(ProcessExit exit) implements HelperMessage {}

  /** A seccomp listener of the process; the receiver owns it. */
  record Listener(ProcessIdentity process, Fd fd) implements HelperMessage {}

  /**
   * A step is done (traced plans only).
   *
   * @param monotonicNanos CLOCK_MONOTONIC, comparable within one machine
   */
  record Done(int step, String op, Place place, long monotonicNanos) implements HelperMessage {}

  /**
   * The answer to a request of a keeper's client.
   *
   * @param request the byte that was asked
   * @param body the rest of the message, little endian
   * @param fds owned by the receiver
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Answer(char request, byte[] body, List<Fd> fds) implements HelperMessage {
    public Answer {
      fds = List.copyOf(fds);
    }
  }

  /** Nothing more will come. */
  record Ended() implements HelperMessage {}
}
