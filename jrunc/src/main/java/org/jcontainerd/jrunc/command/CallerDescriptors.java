package org.jcontainerd.jrunc.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.oci.runtime.ProcessSpec;

/**
 * Descriptors that the program was started with. They are never closed here: they end with the
 * program.
 *
 * @param preserved those that the process gets from 3 on
 * @param sockets how many of them are systemd's, see sd_listen_fds(3)
 */
record CallerDescriptors(List<Fd> preserved, int sockets) {

  static CallerDescriptors of(Arguments arguments, Map<String, String> environment)
      throws UsageException {
    int sockets = 0;
    try {
      sockets = Integer.parseInt(environment.getOrDefault("LISTEN_FDS", "0"));
    } catch (NumberFormatException e) {
      throw new UsageException("environment variable LISTEN_FDS: " + e.getMessage());
    }
    long count = sockets + arguments.number("preserve-fds").orElse(0L);
    var preserved = new ArrayList<Fd>();
    for (int i = 0; i < count; i++) {
      preserved.add(Fd.adopt(3 + i, "preserved descriptor " + (3 + i)));
    }
    return new CallerDescriptors(preserved, sockets);
  }

  static Stdio.Inherited streams() {
    return new Stdio.Inherited(Fd.adopt(0, "stdin"), Fd.adopt(1, "stdout"), Fd.adopt(2, "stderr"));
  }

  /** The process with the environment that tells it of its sockets. */
  ProcessSpec announce(ProcessSpec process) {
    if (sockets == 0) {
      return process;
    }
    var env = new ArrayList<>(process.env());
    env.add("LISTEN_FDS=" + sockets);
    return process.toBuilder().env(env).build();
  }
}
