package org.jcontainerd.jctl;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jcontainerd.api.cri.v1.ContainerStats;
import org.jcontainerd.api.cri.v1.ListContainerStatsRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "stats",
    description = "Shows what running containers use; CPU over one second.",
    mixinStandardHelpOptions = true)
final class StatsCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();

  @Option(
      names = {"-s", "--seconds"},
      defaultValue = "1",
      description = "time over which CPU use is measured (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Override
  public Integer call() throws InterruptedException {
    try (CriConnection cri = main.connect()) {
      Map<String, ContainerStats> before = read(cri);
      Thread.sleep(seconds * 1000L);
      var table = new Table("CONTAINER", "NAME", "CPU %", "MEMORY", "WRITTEN", "FILES");
      read(cri)
          .forEach((id, now) -> before.computeIfPresent(id, (_, then) -> add(table, then, now)));
      table.print();
      return 0;
    }
  }

  private static Map<String, ContainerStats> read(CriConnection cri) {
    Map<String, ContainerStats> stats = new HashMap<>();
    cri.runtime()
        .listContainerStats(ListContainerStatsRequest.getDefaultInstance())
        .getStatsList()
        .forEach(each -> stats.put(each.getAttributes().getId(), each));
    return stats;
  }

  private static ContainerStats add(Table table, ContainerStats then, ContainerStats now) {
    double used =
        now.getCpu().getUsageCoreNanoSeconds().getValue()
            - (double) then.getCpu().getUsageCoreNanoSeconds().getValue();
    long time = now.getCpu().getTimestamp() - then.getCpu().getTimestamp();
    table.row(
        Shown.id(now.getAttributes().getId()),
        now.getAttributes().getMetadata().getName(),
        time > 0 ? String.format(Locale.ROOT, "%.2f", 100 * used / time) : "-",
        Shown.bytes(now.getMemory().getWorkingSetBytes().getValue()),
        Shown.bytes(now.getWritableLayer().getUsedBytes().getValue()),
        Long.toString(now.getWritableLayer().getInodesUsed().getValue()));
    return now;
  }
}
