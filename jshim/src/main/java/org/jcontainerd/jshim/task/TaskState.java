package org.jcontainerd.jshim.task;

import java.time.Instant;
import java.util.Optional;

/**
 * The state of one process as the shim sees it: a container's init process (a task) or an exec,
 * which is never paused by itself and has no pid before its start. Immutable.
 *
 * <pre>
 *   Created --start--&gt; Running --pause--&gt; Paused
 *      |                  |  &lt;--resume--    |
 *      +------exit--------+------exit-------+--&gt; Stopped --delete--&gt; Deleted
 *      +------delete (an exec that was never started)--------------&gt; Deleted
 * </pre>
 */
public sealed interface TaskState {
  /**
   * @param pid 0 for an exec, which has none yet
   */
  record Created(int pid) implements TaskState {}

  record Running(int pid, Instant startedAt) implements TaskState {}

  record Paused(int pid, Instant startedAt) implements TaskState {}

  record Stopped(int pid, Exit exit) implements TaskState {}

  record Deleted(int pid, Optional<Exit> exit) implements TaskState {}

  /** Returns the state after {@code event}. @throws IllegalTransition if it is not allowed here */
  default TaskState next(TaskEvent event) throws IllegalTransition {
    return switch (this) {
      case Created(int pid) ->
          switch (event) {
            case TaskEvent.Start(int started, Instant at) -> new Running(started, at);
            case TaskEvent.Exited(Exit exit) -> new Stopped(pid, exit);
            case TaskEvent.Delete _ when pid == 0 -> new Deleted(pid, Optional.empty());
            case TaskEvent.Delete _, TaskEvent.Pause _, TaskEvent.Resume _ ->
                throw new IllegalTransition(this, event);
          };
      case Running(int pid, Instant startedAt) ->
          switch (event) {
            case TaskEvent.Pause _ -> new Paused(pid, startedAt);
            case TaskEvent.Exited(Exit exit) -> new Stopped(pid, exit);
            case TaskEvent.Start _, TaskEvent.Resume _, TaskEvent.Delete _ ->
                throw new IllegalTransition(this, event);
          };
      case Paused(int pid, Instant startedAt) ->
          switch (event) {
            case TaskEvent.Resume _ -> new Running(pid, startedAt);
            case TaskEvent.Exited(Exit exit) -> new Stopped(pid, exit);
            case TaskEvent.Start _, TaskEvent.Pause _, TaskEvent.Delete _ ->
                throw new IllegalTransition(this, event);
          };
      case Stopped(int pid, Exit exit) ->
          switch (event) {
            case TaskEvent.Delete _ -> new Deleted(pid, Optional.of(exit));
            case TaskEvent.Start _, TaskEvent.Pause _, TaskEvent.Resume _, TaskEvent.Exited _ ->
                throw new IllegalTransition(this, event);
          };
      case Deleted _ -> throw new IllegalTransition(this, event);
    };
  }

  /** The pid of the process, also when it has ended; 0 if it never had one. */
  int pid();

  /** The exit, if there was one. */
  default Optional<Exit> ended() {
    return switch (this) {
      case Created _, Running _, Paused _ -> Optional.empty();
      case Stopped(_, Exit exit) -> Optional.of(exit);
      case Deleted(_, Optional<Exit> exit) -> exit;
    };
  }

  /** Whether the process exists and its program has been started. */
  default boolean isAlive() {
    return switch (this) {
      case Running _, Paused _ -> true;
      case Created _, Stopped _, Deleted _ -> false;
    };
  }

  /** The state as a word for messages. */
  default String word() {
    return switch (this) {
      case Created _ -> "created";
      case Running _ -> "running";
      case Paused _ -> "paused";
      case Stopped _ -> "stopped";
      case Deleted _ -> "deleted";
    };
  }
}
