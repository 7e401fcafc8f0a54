package org.jcontainerd.jrunc.command;

import java.nio.file.Path;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.JruncOptions;
import org.jcontainerd.linux.LinuxException;

/**
 * One call of the program.
 *
 * @param arguments of the verb
 * @param root directory of the containers' state
 * @param log where warnings and failures go
 * @param systemdCgroup whether {@code --systemd-cgroup} was given
 */
record Invocation(Arguments arguments, Path root, RuncLog log, boolean systemdCgroup) {
  /** The runtime; closed by the caller. */
  Jrunc open() throws LinuxException {
    return Jrunc.open(options());
  }

  JruncOptions options() {
    return JruncOptions.command(root.toAbsolutePath().normalize(), log::warning)
        .systemdCgroup(systemdCgroup);
  }
}
