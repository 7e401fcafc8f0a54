package org.jcontainerd.jshim.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every state with every event. */
class TaskStateTest {
  private static final Instant AT = Instant.ofEpochSecond(7);
  private static final Exit EXIT = new Exit(3, AT, false);
  private static final TaskState CREATED = new TaskState.Created(5);
  private static final TaskState ADDED = new TaskState.Created(0);
  private static final TaskState RUNNING = new TaskState.Running(5, AT);
  private static final TaskState PAUSED = new TaskState.Paused(5, AT);
  private static final TaskState STOPPED = new TaskState.Stopped(5, EXIT);
  private static final TaskState DELETED = new TaskState.Deleted(5, Optional.of(EXIT));
  private static final TaskEvent START = new TaskEvent.Start(5, AT);
  private static final TaskEvent PAUSE = new TaskEvent.Pause();
  private static final TaskEvent RESUME = new TaskEvent.Resume();
  private static final TaskEvent EXITED = new TaskEvent.Exited(EXIT);
  private static final TaskEvent DELETE = new TaskEvent.Delete();

  static Stream<Arguments> allowed() {
    return Stream.of(
        Arguments.of(CREATED, START, RUNNING),
        Arguments.of(CREATED, EXITED, STOPPED),
        Arguments.of(ADDED, START, RUNNING),
        Arguments.of(ADDED, EXITED, new TaskState.Stopped(0, EXIT)),
        Arguments.of(ADDED, DELETE, new TaskState.Deleted(0, Optional.empty())),
        Arguments.of(RUNNING, PAUSE, PAUSED),
        Arguments.of(RUNNING, EXITED, STOPPED),
        Arguments.of(PAUSED, RESUME, RUNNING),
        Arguments.of(PAUSED, EXITED, STOPPED),
        Arguments.of(STOPPED, DELETE, DELETED));
  }

  @ParameterizedTest
  @MethodSource("allowed")
  void next_allowed_givesTheState(TaskState state, TaskEvent event, TaskState next)
      throws IllegalTransition {
    assertEquals(next, state.next(event));
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(CREATED, PAUSE, "cannot pause a process that is created"),
        Arguments.of(CREATED, RESUME, "cannot resume a process that is created"),
        Arguments.of(CREATED, DELETE, "cannot delete a process that is created"),
        Arguments.of(ADDED, PAUSE, "cannot pause a process that is created"),
        Arguments.of(ADDED, RESUME, "cannot resume a process that is created"),
        Arguments.of(RUNNING, START, "cannot start a process that is running"),
        Arguments.of(RUNNING, RESUME, "cannot resume a process that is running"),
        Arguments.of(RUNNING, DELETE, "cannot delete a process that is running"),
        Arguments.of(PAUSED, START, "cannot start a process that is paused"),
        Arguments.of(PAUSED, PAUSE, "cannot pause a process that is paused"),
        Arguments.of(PAUSED, DELETE, "cannot delete a process that is paused"),
        Arguments.of(STOPPED, START, "cannot start a process that is stopped"),
        Arguments.of(STOPPED, PAUSE, "cannot pause a process that is stopped"),
        Arguments.of(STOPPED, RESUME, "cannot resume a process that is stopped"),
        Arguments.of(STOPPED, EXITED, "cannot exit a process that is stopped"),
        Arguments.of(DELETED, START, "cannot start a process that is deleted"),
        Arguments.of(DELETED, PAUSE, "cannot pause a process that is deleted"),
        Arguments.of(DELETED, RESUME, "cannot resume a process that is deleted"),
        Arguments.of(DELETED, EXITED, "cannot exit a process that is deleted"),
        Arguments.of(DELETED, DELETE, "cannot delete a process that is deleted"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void next_refused_namesEventAndState(TaskState state, TaskEvent event, String message) {
    var failure = assertThrows(IllegalTransition.class, () -> state.next(event));
    assertEquals(message, failure.getMessage());
  }
}
