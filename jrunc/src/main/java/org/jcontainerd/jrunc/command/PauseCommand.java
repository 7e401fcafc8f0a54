package org.jcontainerd.jrunc.command;

import java.io.IOException;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;

/** {@code jrunc pause}. */
final class PauseCommand implements Command {
  @Override
  public String name() {
    return "pause";
  }

  @Override
  public String usage() {
    return "CONTAINER: stop all processes";
  }

  @Override
  public Flags flags() {
    return new Flags();
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    String id = invocation.arguments().id(name());
    try (Jrunc jrunc = invocation.open()) {
      jrunc.pause(id);
    }
    return 0;
  }
}
