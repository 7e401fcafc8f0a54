package org.jcontainerd.daemon;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.daemon.config.Config;
import org.jcontainerd.daemon.config.ConfigFailure;
import org.jcontainerd.daemon.config.ConfigReader;
import org.jcontainerd.daemon.config.Overrides;

/** What the daemon was asked to do. */
sealed interface CommandLine {
  String USAGE =
      """
      usage: jcontainerd [-c FILE] [--root DIR] [--state DIR] [--address SOCKET] [--log-level L]
             jcontainerd config default
             jcontainerd [flags] config dump
             jcontainerd --version

        -c, --config FILE   configuration (default /etc/jcontainerd/config.toml)
        --root DIR          what must survive a reboot (default /var/lib/jcontainerd)
        --state DIR         what must not (default /run/jcontainerd)
        --address SOCKET    the CRI socket (default jcontainerd.sock in the state directory)
        --log-level L       trace, debug, info, warn or error (default info)
      """;

  /** Run the daemon. */
  record Serve(Overrides overrides) implements CommandLine {}

  /** Print the configuration of no file. */
  record ConfigDefault() implements CommandLine {}

  /** Print the configuration in effect. */
  record ConfigDump(Overrides overrides) implements CommandLine {}

  record Version() implements CommandLine {}

  record Help() implements CommandLine {}

  /** The command line makes no sense; the message says where. */
  final class UsageFailure extends Exception {
    private static final long serialVersionUID = 1L;

    UsageFailure(String message) {
      super(message);
    }
  }

  static CommandLine parse(String[] args) throws UsageFailure {
    var rest = new ArrayDeque<>(List.of(args));
    Optional<Path> file = Optional.empty();
    Optional<Path> root = Optional.empty();
    Optional<Path> state = Optional.empty();
    Optional<Path> address = Optional.empty();
    Optional<Config.LogLevel> level = Optional.empty();
    while (!rest.isEmpty()) {
      String arg = rest.removeFirst();
      int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
      if (equals > 0) {
        rest.addFirst(arg.substring(equals + 1));
        arg = arg.substring(0, equals);
      }
      switch (arg) {
        case "-c", "--config" -> file = Optional.of(path(arg, rest));
        case "--root" -> root = Optional.of(path(arg, rest));
        case "--state" -> state = Optional.of(path(arg, rest));
        case "--address" -> address = Optional.of(path(arg, rest));
        case "--log-level" -> level = Optional.of(level(value(arg, rest)));
        case "--version", "-v" -> {
          return new Version();
        }
        case "--help", "-h" -> {
          return new Help();
        }
        case "config" -> {
          return config(rest, new Overrides(file, root, state, address, level));
        }
        default -> throw new UsageFailure("unknown argument '" + arg + "'. See --help");
      }
    }
    return new Serve(new Overrides(file, root, state, address, level));
  }

  private static CommandLine config(ArrayDeque<String> rest, Overrides overrides)
      throws UsageFailure {
    String verb = value("config", rest);
    if (!rest.isEmpty()) {
      throw new UsageFailure("unknown argument '" + rest.getFirst() + "' after config " + verb);
    }
    return switch (verb) {
      case "default" -> new ConfigDefault();
      case "dump" -> new ConfigDump(overrides);
      default ->
          throw new UsageFailure("unknown command 'config " + verb + "'. Known: default, dump");
    };
  }

  private static Path path(String flag, ArrayDeque<String> rest) throws UsageFailure {
    return Path.of(value(flag, rest)).toAbsolutePath().normalize();
  }

  private static Config.LogLevel level(String value) throws UsageFailure {
    try {
      return ConfigReader.logLevel(
          value,
          new ConfigFailure(
              "--log-level: '" + value + "' is not one of trace, debug, info, warn, error"));
    } catch (ConfigFailure e) {
      throw new UsageFailure(e.getMessage());
    }
  }

  private static String value(String flag, ArrayDeque<String> rest) throws UsageFailure {
    String value = rest.pollFirst();
    if (value == null || value.isEmpty()) {
      throw new UsageFailure("'" + flag + "' needs a value");
    }
    return value;
  }
}
