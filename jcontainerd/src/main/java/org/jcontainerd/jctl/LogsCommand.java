package org.jcontainerd.jctl;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jcontainerd.api.cri.v1.Container;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "logs",
    description = "Prints what a container wrote, its stderr on stderr.",
    mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();

  @Option(
      names = {"-f", "--follow"},
      description = "go on until the container ends")
  private boolean follow;

  @Option(
      names = {"-n", "--tail"},
      paramLabel = "LINES",
      defaultValue = "-1",
      description = "only the last lines")
  private int tail;

  @Option(names = "--timestamps", description = "with the time of each line")
  private boolean timestamps;

  @Parameters(paramLabel = "CONTAINER", description = "id, its beginning, or name")
  private String container = "";

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (CriConnection cri = main.connect()) {
      Container found = new Lookup(cri).container(container);
      var printer = new LogPrinter(cri, found.getId(), timestamps);
      String path = printer.status().getLogPath();
      if (path.isEmpty()) {
        throw new Main.Refusal("container '" + Shown.id(found.getId()) + "' has no log file");
      }
      if (tail < 0) {
        printAll(printer, Path.of(path));
      } else {
        printLast(printer, Path.of(path));
      }
      printer.flush();
      return 0;
    }
  }

  private void printAll(LogPrinter printer, Path path) throws IOException, InterruptedException {
    var file = new LogFile(path, printer::show);
    if (follow) {
      file.follow(printer::ended);
    } else {
      file.read();
    }
  }

  private void printLast(LogPrinter printer, Path path) throws IOException, InterruptedException {
    var last = new ArrayDeque<LogLine>();
    var caughtUp = new AtomicBoolean();
    var file =
        new LogFile(
            path,
            line -> {
              if (caughtUp.get()) {
                printer.show(line);
                return;
              }
              last.add(line);
              if (last.size() > tail) {
                last.remove();
              }
            });
    if (!follow) {
      file.read();
      last.forEach(printer::show);
      return;
    }
    file.follow(() -> {
      if (!caughtUp.getAndSet(true)) {
        last.forEach(printer::show);
      }
      return printer.ended();
    });
  }
}
