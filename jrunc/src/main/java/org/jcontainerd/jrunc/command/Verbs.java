package org.jcontainerd.jrunc.command;

import java.util.List;
import java.util.Optional;

/** The commands by name: only the one that is asked for is loaded. */
final class Verbs {
  /** All verbs, in the order of the help. */
  static final List<String> NAMES =
      List.of(
          "check",
          "checkpoint",
          "create",
          "delete",
          "events",
          "exec",
          "features",
          "kill",
          "list",
          "pause",
          "plan",
          "ps",
          "restore",
          "resume",
          "run",
          "spec",
          "start",
          "state",
          "update");

  private Verbs() {}

  static List<Command> all() {
    return NAMES.stream().map(name -> find(name).orElseThrow()).toList();
  }

  static Optional<Command> find(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "check" -> new CheckCommand();
          case "checkpoint" -> new CheckpointCommand();
          case "create" -> new CreateCommand();
          case "delete" -> new DeleteCommand();
          case "events" -> new EventsCommand();
          case "exec" -> new ExecCommand();
          case "features" -> new FeaturesCommand();
          case "kill" -> new KillCommand();
          case "list" -> new ListCommand();
          case "pause" -> new PauseCommand();
          case "plan" -> new PlanCommand();
          case "ps" -> new PsCommand();
          case "restore" -> new RestoreCommand();
          case "resume" -> new ResumeCommand();
          case "run" -> new RunCommand();
          case "spec" -> new SpecCommand();
          case "start" -> new StartCommand();
          case "state" -> new StateCommand();
          case "update" -> new UpdateCommand();
          default -> null;
        });
  }
}
