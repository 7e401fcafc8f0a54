package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.Spawn;

/** {@code jrunc ps}. */
final class PsCommand implements Command {
  @Override
  public String name() {
    return "ps";
  }

  @Override
  public String usage() {
    return "[--format table|json] CONTAINER [PS OPTIONS]: list the processes of a container";
  }

  @Override
  public Flags flags() {
    return new Flags().option('f', "format", "table|json", "format of the list").onlyLeading();
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    String id = arguments.firstId(name());
    List<Integer> pids;
    try (Jrunc jrunc = invocation.open()) {
      pids = jrunc.pids(id);
    }
    switch (arguments.value("format").orElse("table")) {
      case "json" -> Output.line(pids.isEmpty() ? Optional.empty() : pids);
      case "table" -> table(pids, arguments.words().subList(1, arguments.words().size()));
      default -> throw new UsageException("invalid format option");
    }
    return 0;
  }

  /** The lines of ps(1) whose PID column is of the container. */
  private static void table(List<Integer> pids, List<String> options)
      throws IOException, RuncFailure {
    var command = new ArrayList<String>(List.of("ps"));
    command.addAll(options.isEmpty() ? List.of("-ef") : options);
    List<String> lines = output(command).lines().toList();
    List<String> titles = lines.isEmpty() ? List.of() : List.of(lines.get(0).strip().split(" +"));
    int column = titles.indexOf("PID");
    if (column < 0) {
      throw new RuncFailure.Failed("ps: couldn't find PID field in its output");
    }
    var kept = new StringBuilder(lines.get(0)).append('\n');
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.strip().split(" +");
      if (fields.length > column && pids.contains(Integer.valueOf(fields[column]))) {
        kept.append(line).append('\n');
      }
    }
    Output.text(kept.toString());
  }

  private static String output(List<String> command) throws IOException, RuncFailure {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    Path program =
        List.of(path.split(":")).stream()
            .map(directory -> Path.of(directory, command.get(0)))
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(() -> new IOException("ps: executable file not found in $PATH"));
    try (Fd output = Memfd.create("ps");
        Fd nothing = HostFile.readingAndWriting(Path.of("/dev/null"));
        PidFd process =
            Spawn.program(program)
                .arguments(command)
                .environment(System.getenv())
                .descriptor(0, nothing)
                .descriptor(1, output)
                .descriptor(2, output)
                .start()) {
      int code = process.waitFor().shellCode();
      try (Fd reading = HostFile.reading(output.path())) {
        String said = KernelFile.read(reading);
        if (code != 0) {
          throw new RuncFailure.Failed("ps: exit status " + code + ": " + said.strip());
        }
        return said;
      }
    }
  }
}
