package org.jcontainerd.jrunc.command;

import java.io.IOException;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;

/** {@code jrunc state}. */
final class StateCommand implements Command {
  @Override
  public String name() {
    return "state";
  }

  @Override
  public String usage() {
    return "CONTAINER: print the state as JSON";
  }

  @Override
  public Flags flags() {
    return new Flags();
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    String id = invocation.arguments().id(name());
    try (Jrunc jrunc = invocation.open()) {
      Output.json(StateOutput.of(jrunc.info(id)));
    }
    return 0;
  }
}
