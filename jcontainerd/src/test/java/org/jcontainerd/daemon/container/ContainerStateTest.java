package org.jcontainerd.daemon.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.daemon.record.IllegalTransition;
import org.junit.jupiter.api.Test;

/** Every state against every event. */
final class ContainerStateTest {
  private static final Instant T = Instant.ofEpochSecond(1000);
  private static final Exit EXIT = Exit.of(0, T, false);
  private static final ContainerState CREATED = new ContainerState.Created();
  private static final ContainerState RUNNING = new ContainerState.Running(7, T);
  private static final ContainerState EXITED = new ContainerState.Exited(Optional.of(T), EXIT);
  private static final ContainerState FAILED = new ContainerState.Exited(Optional.empty(), EXIT);
  private static final ContainerState.Event STARTED = new ContainerState.Event.Started(7, T);
  private static final ContainerState.Event ENDED = new ContainerState.Event.Ended(EXIT);

  private record Row(
      ContainerState from, ContainerState.Event event, Optional<ContainerState> to) {}

  @Test
  void next_table() {
    var table =
        List.of(
            new Row(CREATED, STARTED, Optional.of(RUNNING)),
            new Row(CREATED, ENDED, Optional.of(FAILED)),
            new Row(RUNNING, STARTED, Optional.empty()),
            new Row(RUNNING, ENDED, Optional.of(EXITED)),
            new Row(EXITED, STARTED, Optional.empty()),
            new Row(EXITED, ENDED, Optional.empty()));
    for (Row row : table) {
      if (row.to().isPresent()) {
        assertEquals(row.to().get(), row.from().next(row.event()), row.toString());
      } else {
        assertThrows(IllegalTransition.class, () -> row.from().next(row.event()), row.toString());
      }
    }
  }

  @Test
  void exit_reasons() {
    assertEquals(Exit.COMPLETED, Exit.of(0, T, false).reason());
    assertEquals(Exit.ERROR, Exit.of(1, T, false).reason());
    assertEquals(Exit.ERROR, Exit.of(137, T, false).reason());
    assertEquals(Exit.OOM_KILLED, Exit.of(137, T, true).reason());
    assertEquals(Exit.ERROR, Exit.of(143, T, true).reason(), "SIGTERM is not the kernel's");
    assertEquals(128, Exit.startError(T, "x").code());
    assertEquals(255, Exit.unknown(T, "x").code());
  }
}
