package org.jcontainerd.jctl;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import org.jcontainerd.api.cri.v1.ExecRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "exec",
    description = "Runs a command in a container; exits with its exit code.",
    mixinStandardHelpOptions = true)
final class ExecCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();

  @Option(
      names = {"-i", "--interactive"},
      description = "pass standard input on")
  private boolean interactive;

  @Option(
      names = {"-t", "--tty"},
      description = "give the command a terminal")
  private boolean tty;

  @Parameters(index = "0", paramLabel = "CONTAINER", description = "id, its beginning, or name")
  private String container = "";

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "and its words")
  private List<String> command = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (CriConnection cri = main.connect()) {
      var request =
          ExecRequest.newBuilder()
              .setContainerId(new Lookup(cri).container(container).getId())
              .addAllCmd(command)
              .setStdin(interactive)
              .setStdout(true)
              .setStderr(!tty)
              .setTty(tty)
              .build();
      URI url = URI.create(cri.runtime().exec(request).getUrl());
      return new RemoteSession(interactive, tty).run(url);
    }
  }
}
