package org.jcontainerd.linux.process;

import org.jcontainerd.linux.Signal;

/** How a process ended. */
public sealed interface ExitStatus {
  /**
   * It called exit.
   *
   * @param code 0 to 255
   */
  record Exited(int code) implements ExitStatus {}

  /** A signal ended it. */
  record Killed(Signal signal, boolean coreDumped) implements ExitStatus {}

  /** It ended, but it is not a child of ours, or somebody else has reaped it. */
  record Unknown() implements ExitStatus {}

  /** The status as shells and engines show it: the code, 128 + signal, or 255 if unknown. */
  default int shellCode() {
    return switch (this) {
      case Exited(int code) -> code;
      case Killed(Signal signal, _) -> 128 + signal.number();
      case Unknown _ -> 255;
    };
  }
}
