package org.jcontainerd.jrunc.command;

import java.io.IOException;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;

/** {@code jrunc start}. */
final class StartCommand implements Command {
  @Override
  public String name() {
    return "start";
  }

  @Override
  public String usage() {
    return "CONTAINER: run the program of a created container";
  }

  @Override
  public Flags flags() {
    return new Flags();
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    String id = invocation.arguments().id(name());
    try (Jrunc jrunc = invocation.open()) {
      jrunc.start(id);
    }
    return 0;
  }
}
