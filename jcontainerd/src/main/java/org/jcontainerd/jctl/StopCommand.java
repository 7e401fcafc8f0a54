package org.jcontainerd.jctl;

import java.util.List;
import java.util.concurrent.Callable;
import org.jcontainerd.api.cri.v1.StopContainerRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(name = "stop", description = "Stops containers.", mixinStandardHelpOptions = true)
final class StopCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();

  @Option(
      names = {"-t", "--timeout"},
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "time between the stop signal and SIGKILL (default: ${DEFAULT-VALUE})")
  private long timeoutSeconds;

  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "id, its beginning, or name")
  private List<String> containers = List.of();

  @Override
  public Integer call() {
    try (CriConnection cri = main.connect()) {
      for (String typed : containers) {
        String id = new Lookup(cri).container(typed).getId();
        var _ =
            cri.runtime()
                .stopContainer(
                    StopContainerRequest.newBuilder()
                        .setContainerId(id)
                        .setTimeout(timeoutSeconds)
                        .build());
        System.out.println(Shown.id(id));
      }
      return 0;
    }
  }
}
