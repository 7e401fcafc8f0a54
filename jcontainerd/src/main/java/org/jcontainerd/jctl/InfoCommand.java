package org.jcontainerd.jctl;

import java.util.concurrent.Callable;
import org.jcontainerd.api.cri.v1.StatusRequest;
import org.jcontainerd.api.cri.v1.VersionRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "info",
    description = "Shows which runtime answers and whether it is ready.",
    mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();

  @Override
  public Integer call() {
    try (CriConnection cri = main.connect()) {
      var version = cri.runtime().version(VersionRequest.getDefaultInstance());
      System.out.println(
          version.getRuntimeName()
              + " "
              + version.getRuntimeVersion()
              + ", CRI "
              + version.getRuntimeApiVersion());
      var status = cri.runtime().status(StatusRequest.newBuilder().setVerbose(true).build());
      status
          .getStatus()
          .getConditionsList()
          .forEach(each ->
              System.out.println(
                  each.getType() + ": " + (each.getStatus() ? "yes" : "no, " + each.getMessage())));
      return 0;
    }
  }
}
