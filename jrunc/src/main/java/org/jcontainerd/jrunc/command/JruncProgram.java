package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.CriuSettings;
import org.jcontainerd.jrunc.RuncFailure;

/** The program: global options, then a verb. */
public final class JruncProgram {
  static final String SPEC_VERSION = "1.3.0";

  static final Flags GLOBAL =
      new Flags()
          .toggle("debug", "write debug lines to the log")
          .option("log", "FILE", "log file (default: standard error)")
          .option("log-format", "text|json", "format of the log")
          .option(
              "root",
              "DIR",
              "directory of the containers' state (default: /run/jrunc, for an ordinary user"
                  + " $XDG_RUNTIME_DIR/jrunc)")
          .toggle("systemd-cgroup", "cgroups are transient units of systemd")
          .option(
              "rootless", "auto|true|false", "whether cgroups that are refused are done without")
          .option("criu", "FILE", "the criu that checkpoint and restore use (default: of PATH)")
          .toggle('v', "version", "print the version")
          .toggle('h', "help", "print this help")
          .onlyLeading();

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
      stdout.println("java: " + Runtime.version());
      return 0;
    }
    List<String> words = global.words();
    if (words.isEmpty() || global.has("help") || words.equals(List.of("help"))) {
      help();
      return 0;
    }
    if (words.get(0).equals("help")) {
      return help(words.get(1));
    }
    RuncLog log;
    try {
      log = RuncLog.open(global, stderr);
      checkRootless(global);
    } catch (IOException | UsageException e) {
      stderr.println(FailureText.of("", e));
      return 1;
    }
    return dispatch(global, log);
  }

  private static void checkRootless(Arguments global) throws UsageException {
    String rootless = global.value("rootless").orElse("auto");
    if (!List.of("", "auto", "true", "false", "1", "0").contains(rootless)) {
      throw new UsageException("invalid value \"" + rootless + "\" for flag -rootless");
    }
  }

  private int dispatch(Arguments global, RuncLog log) {
    String verb = global.words().get(0);
    Optional<Command> found = Verbs.find(verb);
    if (found.isEmpty()) {
      log.fatal("No help topic for '" + verb + "'");
      return 3; // as runc's command line library answers
    }
    Command command = found.get();
    List<String> rest = global.words().subList(1, global.words().size());
    if (!rest.isEmpty() && (rest.get(0).equals("--help") || rest.get(0).equals("-h"))) {
      return help(verb);
    }
    try {
      Arguments arguments = Arguments.parse(command.flags(), rest);
      Path root = RootOption.of(global, System.getenv());
      String criu = global.value("criu").orElse(CriuSettings.PROGRAM);
      return command.run(new Invocation(arguments, root, criu, log, global.has("systemd-cgroup")));
    } catch (RuncFailure | IOException | UsageException e) {
      log.fatal(command.failurePrefix() + FailureText.of(verb, e));
      for (Throwable further : e.getSuppressed()) {
        log.warning("clean up: " + FailureText.cause(further));
      }
      return command.failureCode();
    } catch (RuntimeException e) {
      // The edge of the program: whatever it is, engines read one line, and not a stack trace.
      log.fatal(
          command.failurePrefix()
              + "internal error: "
              + e
              + ". This is a bug of jrunc; run it with --debug and report what it says");
      log.debug(() -> stackOf(e));
      return command.failureCode();
    }
  }

  private static String stackOf(RuntimeException e) {
    var text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private int help(String verb) {
    Optional<Command> command = Verbs.find(verb);
    if (command.isEmpty()) {
      stderr.println("No help topic for '" + verb + "'");
      return 3;
    }
    stdout.println("jrunc " + verb + " " + command.get().usage());
    stdout.print(command.get().flags().help());
    return 0;
  }

  private void help() {
    stdout.println("jrunc [global options] command [options] [arguments...]");
    stdout.println();
    for (Command command : Verbs.all()) {
      stdout.println("   %-10s %s".formatted(command.name(), command.usage()));
    }
    stdout.println();
    stdout.print(GLOBAL.help());
  }

  static String version() {
    String version = JruncProgram.class.getPackage().getImplementationVersion();
    return version == null ? "0.1.0" : version;
  }
}
