package org.jcontainerd.daemon.streaming;

/**
 * Which streams a caller of Exec or Attach asked for.
 *
 * @param tty a terminal: stderr is then part of stdout, and window sizes may be sent
 */
public record StreamSet(boolean stdin, boolean stdout, boolean stderr, boolean tty) {

  /**
   * @throws IllegalArgumentException for a combination that the CRI forbids (ExecRequest: at least
   *     one stream; no stderr with a terminal)
   */
  public StreamSet {
    if (!stdin && !stdout && !stderr) {
      throw new IllegalArgumentException("one of stdin, stdout, stderr must be set");
    }
    if (tty && stderr) {
      throw new IllegalArgumentException("tty and stderr cannot both be set");
    }
  }
}
