package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.process.PidFd;

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
      Optional<NotifySocket> notify =
          NotifySocket.bind(System.getenv(), invocation.files(id).notifyDirectory());
      OptionalInt pid = notify.isPresent() ? jrunc.info(id).pid() : OptionalInt.empty();
      if (notify.isEmpty() || pid.isEmpty()) {
        jrunc.start(id);
        return 0;
      }
      try (NotifySocket socket = notify.get();
          PidFd process = PidFd.open(pid.getAsInt())) {
        jrunc.start(id);
        socket.forward(process, process.pid());
      }
    }
    return 0;
  }
}
