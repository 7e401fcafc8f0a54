package org.jcontainerd.daemon.container;

import java.time.Instant;
import java.util.Optional;
import org.jcontainerd.daemon.record.IllegalTransition;

/**
 * The state of a container.
 *
 * <pre>
 *   Created --started--> Running --ended--> Exited
 *      |                                      ^
 *      +---------ended (start failed)---------+
 * </pre>
 *
 * A container has a record once it is made: what a crash leaves without one is found by its id and
 * removed. There is no state "removing": who removes holds the container's lock until the record is
 * gone.
 */
public sealed interface ContainerState {
  /** Snapshot and bundle are there, no process. */
  record Created() implements ContainerState {}

  record Running(long pid, Instant startedAt) implements ContainerState {}

  /**
   * @param startedAt empty if it never ran
   */
  record Exited(Optional<Instant> startedAt, Exit exit) implements ContainerState {}

  /** What happens to containers. */
  sealed interface Event {
    record Started(long pid, Instant at) implements Event {}

    record Ended(Exit exit) implements Event {}
  }

  /** The state after {@code event}. @throws IllegalTransition if it cannot happen here */
  default ContainerState next(Event event) {
    return switch (this) {
      case Created _ ->
          switch (event) {
            case Event.Started(long pid, Instant at) -> new Running(pid, at);
            case Event.Ended(Exit exit) -> new Exited(Optional.empty(), exit);
          };
      case Running(_, Instant startedAt) ->
          switch (event) {
            case Event.Ended(Exit exit) ->
                new Exited(Optional.of(earlier(startedAt, exit.at())), exit);
            case Event.Started e -> throw new IllegalTransition((Record) this, e);
          };
      case Exited _ -> throw new IllegalTransition((Record) this, (Record) event);
    };
  }

  /** A start is noted when the shim has answered, and a short process has ended by then. */
  private static Instant earlier(Instant startedAt, Instant finishedAt) {
    return finishedAt.isBefore(startedAt) ? finishedAt : startedAt;
  }
}
