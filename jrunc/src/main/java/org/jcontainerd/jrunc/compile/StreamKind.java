package org.jcontainerd.jrunc.compile;

import java.util.Optional;
import org.jcontainerd.oci.runtime.ConsoleSize;

/** Where the standard streams lead, as far as the plan has to know; see {@code Stdio}. */
public sealed interface StreamKind {
  /** Descriptors of the caller. */
  record Inherited() implements StreamKind {}

  /** Pipes of the keeper. */
  record Pipes(boolean stdin, boolean stdout, boolean stderr) implements StreamKind {}

  /**
   * A pseudoterminal.
   *
   * @param consoleSocket whether the master goes over a console socket, else the keeper holds it
   */
  record Terminal(boolean consoleSocket, Optional<ConsoleSize> size) implements StreamKind {}
}
