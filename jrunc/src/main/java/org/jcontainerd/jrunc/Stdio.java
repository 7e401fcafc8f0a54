package org.jcontainerd.jrunc;

import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.oci.runtime.ConsoleSize;

/** Where a process's standard input, output and error lead. */
public sealed interface Stdio {

  /** The given descriptors, borrowed: the caller closes its copies when it wants. */
  record Inherited(Fd stdin, Fd stdout, Fd stderr) implements Stdio {}

  /**
   * Pipes made and held by the keeper (so a keeper is required). A stream that is not wanted is
   * {@code /dev/null}.
   */
  record KeeperPipes(boolean stdin, boolean stdout, boolean stderr) implements Stdio {}

  /** A pseudoterminal whose master the keeper holds (so a keeper is required). */
  record KeeperTerminal(Optional<ConsoleSize> size) implements Stdio {}

  /** A pseudoterminal whose master is sent over the unix socket at {@code socket}, as runc does. */
  record ConsoleSocket(Path socket, Optional<ConsoleSize> size) implements Stdio {}

  /** As {@link ConsoleSocket}, over a socket that is connected; borrowed. */
  record ConsoleConnection(Fd socket, Optional<ConsoleSize> size) implements Stdio {}
}
