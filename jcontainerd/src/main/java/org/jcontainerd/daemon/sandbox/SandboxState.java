package org.jcontainerd.daemon.sandbox;

import org.jcontainerd.daemon.record.IllegalTransition;

/**
 * The state of a pod.
 *
 * <pre>
 *   Ready --lost--> NotReady --released--> Stopped
 *                     |lost                |lost, released
 *                     +-(stays)            +-(stays)
 * </pre>
 *
 * A pod has a record once it is Ready, or when taking back its failed start failed (NotReady): what
 * a crash leaves without a record is found by its id and removed. NotReady means that something of
 * the pod may still be there: its network, its process, containers; StopPodSandbox can be tried
 * again. Stopped pods hold nothing but their record and files.
 */
public sealed interface SandboxState {
  /**
   * Containers may be started.
   *
   * @param pid the process that holds the namespaces
   */
  record Ready(long pid) implements SandboxState {}

  /** Not usable, not yet released. */
  record NotReady(String reason) implements SandboxState {}

  /** Everything is released. */
  record Stopped() implements SandboxState {}

  /** What happens to pods. */
  sealed interface Event {
    /** A stop began, the process ended, or taking back a failed start failed itself. */
    record Lost(String reason) implements Event {}

    record Released() implements Event {}
  }

  /** The state after {@code event}. @throws IllegalTransition if it cannot happen here */
  default SandboxState next(Event event) {
    return switch (this) {
      case Ready _ ->
          switch (event) {
            case Event.Lost(String reason) -> new NotReady(reason);
            case Event.Released e -> throw new IllegalTransition((Record) this, e);
          };
      case NotReady _ ->
          switch (event) {
            case Event.Lost _ -> this;
            case Event.Released _ -> new Stopped();
          };
      case Stopped _ ->
          switch (event) {
            case Event.Lost _, Event.Released _ -> this;
          };
    };
  }
}
