package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.util.List;
import org.jcontainerd.jrunc.ContainerInfo;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;

/** {@code jrunc list}. */
final class ListCommand implements Command {
  @Override
  public String name() {
    return "list";
  }

  @Override
  public String usage() {
    return "[--format table|json] [--quiet]: list containers";
  }

  @Override
  public Flags flags() {
    return new Flags()
        .option('f', "format", "table|json", "format of the list")
        .toggle('q', "quiet", "only ids");
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    if (!arguments.words().isEmpty()) {
      throw new UsageException("jrunc: \"list\" requires exactly 0 argument(s)");
    }
    List<ContainerInfo> infos;
    try (Jrunc jrunc = invocation.open()) {
      infos = jrunc.list();
    }
    if (arguments.has("quiet")) {
      for (ContainerInfo info : infos) {
        Output.text(info.id() + "\n");
      }
      return 0;
    }
    switch (arguments.value("format").orElse("table")) {
      case "json" -> Output.json(infos.stream().map(StateOutput::of).toList());
      case "table" -> Output.text(table(infos));
      default -> throw new UsageException("invalid format option");
    }
    return 0;
  }

  private static String table(List<ContainerInfo> infos) {
    String line = "%-12s %-11s %-11s %-40s %-32s %s%n";
    var text =
        new StringBuilder(line.formatted("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"));
    for (ContainerInfo info : infos) {
      text.append(
          line.formatted(
              info.id(),
              info.pid().orElse(0),
              info.status().word(),
              info.bundle(),
              info.created(),
              info.owner()));
    }
    return text.toString();
  }
}
