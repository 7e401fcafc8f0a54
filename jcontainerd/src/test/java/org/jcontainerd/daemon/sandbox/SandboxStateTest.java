package org.jcontainerd.daemon.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.jcontainerd.daemon.record.IllegalTransition;
import org.junit.jupiter.api.Test;

/** Every state against every event. */
final class SandboxStateTest {
  private static final SandboxState READY = new SandboxState.Ready(7);
  private static final SandboxState LOST = new SandboxState.NotReady("why");
  private static final SandboxState STOPPED = new SandboxState.Stopped();
  private static final SandboxState.Event LOSE = new SandboxState.Event.Lost("why");
  private static final SandboxState.Event RELEASE = new SandboxState.Event.Released();

  private record Row(SandboxState from, SandboxState.Event event, Optional<SandboxState> to) {}

  @Test
  void next_table() {
    var table =
        List.of(
            new Row(READY, LOSE, Optional.of(LOST)),
            new Row(READY, RELEASE, Optional.empty()),
            new Row(LOST, LOSE, Optional.of(LOST)),
            new Row(LOST, RELEASE, Optional.of(STOPPED)),
            new Row(STOPPED, LOSE, Optional.of(STOPPED)),
            new Row(STOPPED, RELEASE, Optional.of(STOPPED)));
    for (Row row : table) {
      if (row.to().isPresent()) {
        assertEquals(row.to().get(), row.from().next(row.event()), row.toString());
      } else {
        assertThrows(IllegalTransition.class, () -> row.from().next(row.event()), row.toString());
      }
    }
  }
}
