package org.jcontainerd.jshim.task;

import java.time.Instant;

/** What can happen to a task or exec. */
public sealed interface TaskEvent {
  /** Its program runs. An exec gets its pid only now. */
  record Start(int pid, Instant at) implements TaskEvent {}

  record Pause() implements TaskEvent {}

  record Resume() implements TaskEvent {}

  record Exited(Exit exit) implements TaskEvent {}

  record Delete() implements TaskEvent {}

  /** The event as a word for messages. */
  default String verb() {
    return switch (this) {
      case Start _ -> "start";
      case Pause _ -> "pause";
      case Resume _ -> "resume";
      case Exited _ -> "exit";
      case Delete _ -> "delete";
    };
  }
}
