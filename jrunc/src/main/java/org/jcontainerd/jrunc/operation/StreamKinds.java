package org.jcontainerd.jrunc.operation;

import java.util.Optional;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.jrunc.compile.StreamKind;
import org.jcontainerd.oci.runtime.ConsoleSize;

/** Standard streams as the compiler sees them: without descriptors. */
final class StreamKinds {
  private StreamKinds() {}

  static StreamKind of(Stdio stdio) {
    return switch (stdio) {
      case Stdio.Inherited _ -> new StreamKind.Inherited();
      case Stdio.KeeperPipes(boolean in, boolean out, boolean err) ->
          new StreamKind.Pipes(in, out, err);
      case Stdio.KeeperTerminal(Optional<ConsoleSize> size) -> new StreamKind.Terminal(false, size);
      case Stdio.ConsoleSocket(var _, Optional<ConsoleSize> size) ->
          new StreamKind.Terminal(true, size);
      case Stdio.ConsoleConnection(var _, Optional<ConsoleSize> size) ->
          new StreamKind.Terminal(true, size);
    };
  }
}
