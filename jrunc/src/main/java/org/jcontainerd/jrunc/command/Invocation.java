package org.jcontainerd.jrunc.command;

import java.nio.file.Path;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.JruncOptions;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.state.ContainerFiles;
import org.jcontainerd.linux.LinuxException;

/**
 * One call of the program.
 *
 * @param arguments of the verb
 * @param root directory of the containers' state
 * @param criu the file of criu, or its name along PATH
 * @param log where warnings and failures go
 * @param systemdCgroup whether {@code --systemd-cgroup} was given
 */
record Invocation(Arguments arguments, Path root, String criu, RuncLog log, boolean systemdCgroup) {
  /** The runtime; closed by the caller. */
  Jrunc open() throws LinuxException {
    return Jrunc.open(options());
  }

  JruncOptions options() {
    var options =
        JruncOptions.command(root.toAbsolutePath().normalize(), log::warning)
            .systemdCgroup(systemdCgroup);
    return arguments.has("trace") ? options.traced(new TraceLines(log.stderr())) : options;
  }

  /** The files of a container. */
  ContainerFiles files(String id) throws RuncFailure.InvalidArgument {
    return ContainerFiles.of(root.toAbsolutePath().normalize(), id);
  }
}
