package org.jcontainerd.daemon.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StartedAndEndedTest {

  @Test
  void end_beforeTheStartWasNoted_isTheStartToo() {
    var noted = Instant.ofEpochSecond(100);
    var exit = new Exit(7, noted.minusMillis(3), "Error", "");
    var ended = new ContainerState.Running(1, noted).next(new ContainerState.Event.Ended(exit));
    assertEquals(new ContainerState.Exited(Optional.of(exit.at()), exit), ended);
  }
}
