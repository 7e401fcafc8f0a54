package org.jcontainerd.jctl;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jcontainerd.api.cri.v1.AuthConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "pull",
    description = "Brings an image here, showing each layer's progress.",
    mixinStandardHelpOptions = true)
final class PullCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();

  @Option(
      names = {"-u", "--user"},
      paramLabel = "NAME:PASSWORD",
      description = "credentials for the registry")
  private Optional<String> credentials = Optional.empty();

  @Parameters(paramLabel = "IMAGE", description = "name with tag or digest")
  private String image = "";

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (CriConnection cri = main.connect()) {
      String id = new Pull(cri, image, credentials.map(PullCommand::auth)).run();
      System.out.println(id);
      return 0;
    }
  }

  private static AuthConfig auth(String credentials) {
    String[] parts = credentials.split(":", 2);
    if (parts.length != 2) {
      throw new Main.Refusal("credentials: NAME:PASSWORD expected");
    }
    return AuthConfig.newBuilder().setUsername(parts[0]).setPassword(parts[1]).build();
  }
}
