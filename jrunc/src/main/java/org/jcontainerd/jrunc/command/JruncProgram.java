package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.JruncOptions;
import org.jcontainerd.jrunc.RuncFailure;

/** The program: global options, then a verb. */
public final class JruncProgram {
  static final String SPEC_VERSION = "1.3.0";

  private static final Flags GLOBAL =
      new Flags()
          .toggle("debug", "write debug lines to the log")
          .option("log", "FILE", "log file (default: standard error)")
          .option("log-format", "text|json", "format of the log")
          .option("root", "DIR", "directory of the containers' state (default: /run/jrunc)")
          .toggle("systemd-cgroup", "cgroups are transient units of systemd")
          .option("rootless", "auto|true|false", "accepted for compatibility")
          .option("criu", "FILE", "accepted for compatibility")
          .toggle('v', "version", "print the version")
          .toggle('h', "help", "print this help");

  private final List<Command> commands =
      List.of(
          new CreateCommand(),
          new DeleteCommand(),
          new ExecCommand(),
          new FeaturesCommand(),
          new KillCommand(),
          new ListCommand(),
          new PauseCommand(),
          new PlanCommand(),
          new PsCommand(),
          new ResumeCommand(),
          new RunCommand(),
          new SpecCommand(),
          new StartCommand(),
          new StateCommand(),
          new UpdateCommand());

  private final PrintStream stdout;
  private final PrintStream stderr;

  public JruncProgram(PrintStream stdout, PrintStream stderr) {
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /**
   * Runs one command line.
   *
   * @return the exit code
   */
  public int run(List<String> line) {
    Arguments global;
    try {
      global = Arguments.parse(GLOBAL, line);
    } catch (UsageException e) {
      stderr.println(e.getMessage());
      return 1;
    }
    if (global.has("version")) {
      stdout.println("jrunc version " + version());
      stdout.println("spec: " + SPEC_VERSION);
      return 0;
    }
    if (global.words().isEmpty() || global.has("help") || global.words().get(0).equals("help")) {
      help();
      return 0;
    }
    var log =
        new RuncLog(
            global.value("log").filter(file -> !file.isEmpty()).map(Path::of),
            global.value("log-format").orElse("text").equals("json"),
            global.has("debug"),
            stderr);
    return dispatch(global, log);
  }

  private int dispatch(Arguments global, RuncLog log) {
    String verb = global.words().get(0);
    Optional<Command> found = commands.stream().filter(c -> c.name().equals(verb)).findFirst();
    if (found.isEmpty()) {
      log.fatal("No help topic for '" + verb + "'");
      return 3; // as runc's command line library answers
    }
    Command command = found.get();
    List<String> rest = global.words().subList(1, global.words().size());
    if (rest.size() == 1 && (rest.get(0).equals("--help") || rest.get(0).equals("-h"))) {
      stdout.println("jrunc " + command.name() + " " + command.usage());
      stdout.print(command.flags().help());
      return 0;
    }
    try {
      Arguments arguments = Arguments.parse(command.flags(), rest);
      Path root = global.value("root").map(Path::of).orElse(JruncOptions.DEFAULT_ROOT);
      return command.run(new Invocation(arguments, root, log, global.has("systemd-cgroup")));
    } catch (RuncFailure | IOException | UsageException e) {
      log.fatal(command.failurePrefix() + e.getMessage());
      for (Throwable further : e.getSuppressed()) {
        log.warning("clean up: " + further.getMessage());
      }
      return command.failureCode();
    }
  }

  private void help() {
    stdout.println("jrunc [global options] command [options] [arguments...]");
    stdout.println();
    for (Command command : commands) {
      stdout.println("   %-10s %s".formatted(command.name(), command.usage()));
    }
    stdout.println();
    stdout.print(GLOBAL.help());
  }

  private static String version() {
    String version = JruncProgram.class.getPackage().getImplementationVersion();
    return version == null ? "0.1.0" : version;
  }
}
