package org.jcontainerd.jshim.stdio;

import java.nio.file.Path;
import java.util.Optional;

/** Where the streams of a process go. Immutable. */
public sealed interface IoPlan {

  /**
   * A CRI container: output is logged and shown to attached clients.
   *
   * @param log empty: output is read and dropped
   * @param stdin whether a pipe is kept open for attached clients
   * @param stdinOnce close it when the first client that had it goes away
   */
  record Logged(Optional<Path> log, int maxLineBytes, boolean stdin, boolean stdinOnce)
      implements IoPlan {}

  /**
   * Fifos (or files such as {@code /dev/null}) of containerd's callers; a stream without one is
   * closed.
   */
  record Files(Optional<Path> stdin, Optional<Path> stdout, Optional<Path> stderr)
      implements IoPlan {}

  /** Connections to the stream socket, made before the process is started. */
  record Streams(boolean stdin, boolean stdout, boolean stderr) implements IoPlan {}

  /** Output is kept for the answer of ExecSync; no stdin. */
  record Collected(Capture stdout, Capture stderr) implements IoPlan {}

  /** Whether the process needs a stdin pipe. */
  default boolean wantsStdin() {
    return switch (this) {
      case Logged logged -> logged.stdin();
      case Files files -> files.stdin().isPresent();
      case Streams streams -> streams.stdin();
      case Collected _ -> false;
    };
  }

  /** Whether the process needs a stdout pipe. */
  default boolean wantsStdout() {
    return switch (this) {
      case Logged _, Collected _ -> true;
      case Files files -> files.stdout().isPresent();
      case Streams streams -> streams.stdout();
    };
  }

  /** Whether the process needs a stderr pipe. */
  default boolean wantsStderr() {
    return switch (this) {
      case Logged _, Collected _ -> true;
      case Files files -> files.stderr().isPresent();
      case Streams streams -> streams.stderr();
    };
  }
}
