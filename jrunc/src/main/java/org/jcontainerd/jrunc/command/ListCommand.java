package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    arguments.none(name());
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
      case "json" ->
          Output.line(
              infos.isEmpty() ? Optional.empty() : infos.stream().map(StateOutput::of).toList());
      case "table" -> Output.text(table(infos));
      default -> throw new UsageException("invalid format option");
    }
    return 0;
  }

  private static String table(List<ContainerInfo> infos) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"));
    for (ContainerInfo info : infos) {
      rows.add(
          List.of(
              info.id(),
              Integer.toString(info.pid().orElse(0)),
              info.status().word(),
              info.bundle().toString(),
              info.created().toString(),
              info.owner()));
    }
    return Table.of(rows);
  }
}
