package org.jcontainerd.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import org.jcontainerd.daemon.config.Config;
import org.jcontainerd.daemon.config.ConfigFailure;
import org.jcontainerd.daemon.config.ConfigReader;
import org.jcontainerd.daemon.config.ConfigText;
import org.jcontainerd.daemon.config.Overrides;
import org.jcontainerd.daemon.failure.DaemonFailure;

/** {@code jcontainerd}: the command line, and the life of the process. */
public final class Main {
  private static final int USAGE_ERROR = 2;
  private static final int FAILED = 1;

  private Main() {}

  /** Runs the program; see {@link CommandLine#USAGE}. */
  public static void main(String[] args) {
    int code = run(args, System.out, System.err);
    if (code != 0) {
      System.exit(code);
    }
  }

  private static int run(String[] args, PrintStream out, PrintStream err) {
    try {
      var reader = new ConfigReader(home());
      switch (CommandLine.parse(args)) {
        case CommandLine.Help _ -> out.print(CommandLine.USAGE);
        case CommandLine.Version _ -> out.println("jcontainerd " + BuildVersion.current());
        case CommandLine.ConfigDefault _ ->
            out.print(ConfigText.of(reader.defaults(Overrides.NONE)));
        case CommandLine.ConfigDump(Overrides overrides) ->
            out.print(ConfigText.of(reader.load(overrides)));
        case CommandLine.Serve(Overrides overrides) -> serve(reader.load(overrides));
      }
      return 0;
    } catch (CommandLine.UsageFailure e) {
      err.println("jcontainerd: " + e.getMessage());
      return USAGE_ERROR;
    } catch (ConfigFailure | DaemonFailure e) {
      err.println("jcontainerd: " + e.getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    } catch (Exception e) {
      // the edge of the process: nobody above could say more
      e.printStackTrace(err);
      return FAILED;
    }
  }

  private static void serve(Config config) throws Exception {
    configureLog(config.logLevel());
    try (var daemon = Wiring.start(config)) {
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform().name("shutdown").unstarted(() -> endAtSignal(daemon)));
      daemon.ready();
      daemon.awaitEnd();
    }
  }

  /**
   * SIGTERM: only the socket goes, so that clients see it at once. Everything else is as good after
   * a kill: the next start compares and adopts.
   */
  private static void endAtSignal(Wiring daemon) {
    int code = 0;
    try {
      daemon.stopServing();
    } catch (IOException e) {
      System.err.println("jcontainerd: close socket: " + e.getMessage());
      code = FAILED;
    }
    Runtime.getRuntime().halt(code);
  }

  /** Where {@code bin/} and {@code lib/} are; the launcher says so. */
  private static Path home() {
    return Path.of(System.getProperty("jcontainerd.home", "/usr/local/lib/jcontainerd"));
  }

  /** Must run before the first logger is made: the binding reads its settings once. */
  private static void configureLog(Config.LogLevel level) {
    System.setProperty(
        "org.slf4j.simpleLogger.defaultLogLevel", level.name().toLowerCase(Locale.ROOT));
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    System.setProperty("org.slf4j.simpleLogger.showShortLogName", "true");
    System.setProperty("org.slf4j.simpleLogger.log.io.netty", "warn");
    // grpc-netty sets SO_KEEPALIVE, which unix sockets do not have: a warning per connection
    System.setProperty("org.slf4j.simpleLogger.log.io.netty.bootstrap", "error");
    System.setProperty("org.slf4j.simpleLogger.log.io.grpc", "warn");
  }
}
