package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.util.List;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Signal;

/** {@code jrunc kill}. */
final class KillCommand implements Command {
  @Override
  public String name() {
    return "kill";
  }

  @Override
  public String usage() {
    return "[--all] CONTAINER [SIGNAL]: send a signal, TERM if none is named";
  }

  @Override
  public Flags flags() {
    return new Flags().toggle('a', "all", "to every process of the container").onlyLeading();
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    String id = arguments.firstId(name());
    List<String> words = arguments.words();
    if (words.size() > 2) {
      throw new UsageException("jrunc: \"kill\" requires a maximum of 2 argument(s)");
    }
    String name = words.size() == 2 ? words.get(1) : "SIGTERM";
    Signal signal =
        Signal.parse(name).orElseThrow(() -> new UsageException("unknown signal \"" + name + "\""));
    try (Jrunc jrunc = invocation.open()) {
      jrunc.kill(id, signal, arguments.has("all"));
    }
    return 0;
  }
}
