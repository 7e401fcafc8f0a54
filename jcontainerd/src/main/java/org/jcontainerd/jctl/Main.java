package org.jcontainerd.jctl;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jctl}: see {@code jctl --help}. */
@Command(
    name = "jctl",
    description = "Looks after the pods, containers and images of a CRI runtime.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RunCommand.class,
      PsCommand.class,
      PodsCommand.class,
      LogsCommand.class,
      ExecCommand.class,
      StatsCommand.class,
      StopCommand.class,
      RmCommand.class,
      PullCommand.class,
      ImagesCommand.class,
      RmiCommand.class,
      TraceCommand.class,
      InfoCommand.class,
    })
public final class Main {
  private static final Set<String> WITH_COMMAND = Set.of("run", "exec");
  private static final String DEFAULT_SOCKET = "/run/jcontainerd/jcontainerd.sock";

  @Option(
      names = {"-a", "--address"},
      paramLabel = "SOCKET",
      description =
          "the runtime's CRI socket (default: $CONTAINER_RUNTIME_ENDPOINT, else "
              + DEFAULT_SOCKET
              + ")")
  private Optional<String> address = Optional.empty();

  public static void main(String[] args) {
    // Netty says about each connection that a unix socket has no SO_KEEPALIVE, which nobody needs.
    System.setProperty("org.slf4j.simpleLogger.log.io.netty", "error");
    var line = new CommandLine(new Main());
    // What follows the image or the container is its command, options and all.
    line.getSubcommands()
        .forEach((verb, command) -> command.setStopAtPositional(WITH_COMMAND.contains(verb)));
    line.setExecutionExceptionHandler(Main::explain);
    line.setUnmatchedOptionsArePositionalParams(false);
    System.exit(line.execute(args));
  }

  CriConnection connect() {
    String endpoint =
        address
            .or(() -> Optional.ofNullable(System.getenv("CONTAINER_RUNTIME_ENDPOINT")))
            .orElse(DEFAULT_SOCKET);
    String path = endpoint.startsWith("unix://") ? endpoint.substring(7) : endpoint;
    return new CriConnection(Path.of(path));
  }

  private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    String name = command.getCommandName();
    switch (failure) {
      case StatusRuntimeException refused ->
          System.err.println(
              "jctl "
                  + name
                  + ": "
                  + Optional.ofNullable(refused.getStatus().getDescription())
                      .orElse(String.valueOf(refused.getStatus().getCause()))
                  + " ["
                  + refused.getStatus().getCode()
                  + "]");
      case Refusal refusal -> System.err.println("jctl " + name + ": " + refusal.getMessage());
      case IOException io -> System.err.println("jctl " + name + ": " + io.getMessage());
      default -> throw failure; // a defect: with its stack trace
    }
    return 1;
  }

  /** What the user asked for cannot be done; the message says why. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
      super(message);
    }
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"jctl " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
