package org.jcontainerd.jctl;

import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jcontainerd.api.cri.v1.Container;
import org.jcontainerd.api.cri.v1.ContainerState;
import org.jcontainerd.api.cri.v1.ListContainersRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(name = "ps", description = "Lists containers.", mixinStandardHelpOptions = true)
final class PsCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();

  @Option(
      names = {"-a", "--all"},
      description = "also those that do not run")
  private boolean all;

  @Override
  public Integer call() {
    try (CriConnection cri = main.connect()) {
      var table = new Table("CONTAINER", "NAME", "IMAGE", "STATE", "CREATED", "POD");
      cri
          .runtime()
          .listContainers(ListContainersRequest.getDefaultInstance())
          .getContainersList()
          .stream()
          .filter(each -> all || each.getState() == ContainerState.CONTAINER_RUNNING)
          .sorted(Comparator.comparingLong(Container::getCreatedAt).reversed())
          .forEach(each -> add(table, each));
      table.print();
      return 0;
    }
  }

  private static void add(Table table, Container container) {
    table.row(
        Shown.id(container.getId()),
        container.getMetadata().getName(),
        container.getImage().getUserSpecifiedImage().isEmpty()
            ? container.getImage().getImage()
            : container.getImage().getUserSpecifiedImage(),
        state(container.getState()),
        Shown.since(container.getCreatedAt()),
        Shown.id(container.getPodSandboxId()));
  }

  static String state(ContainerState state) {
    return state.name().replace("CONTAINER_", "").toLowerCase(Locale.ROOT);
  }
}
