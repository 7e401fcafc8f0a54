package org.jcontainerd.jrunc.command;

import java.io.IOException;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;

/** {@code jrunc delete}. */
final class DeleteCommand implements Command {
  @Override
  public String name() {
    return "delete";
  }

  @Override
  public String usage() {
    return "[--force] CONTAINER: remove what a container has left";
  }

  @Override
  public Flags flags() {
    return new Flags().toggle('f', "force", "kill a running container; a missing one is fine");
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    String id = invocation.arguments().id(name());
    try (Jrunc jrunc = invocation.open()) {
      jrunc.delete(id, invocation.arguments().has("force"));
    }
    return 0;
  }
}
