package org.jcontainerd.daemon.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.jcontainerd.api.cri.v1.Signal;
import org.junit.jupiter.api.Test;

final class SignalsTest {
  @Test
  void number_everyCriConstant_hasOne() {
    for (Signal each : Signal.values()) {
      boolean expected = each != Signal.SIGNAL_RUNTIME_DEFAULT && each != Signal.UNRECOGNIZED;
      assertEquals(expected, Signals.number(each).isPresent(), each.name());
    }
    assertEquals(Optional.of(10), Signals.number(Signal.SIGNAL_SIGUSR1));
    assertEquals(Optional.of(35), Signals.number(Signal.SIGNAL_SIGRTMINPLUS1));
    assertEquals(Optional.of(50), Signals.number(Signal.SIGNAL_SIGRTMAXMINUS14));
  }

  @Test
  void number_text_asImagesWriteIt() {
    assertEquals(Optional.of(15), Signals.number("SIGTERM"));
    assertEquals(Optional.of(3), Signals.number("quit"));
    assertEquals(Optional.of(9), Signals.number("9"));
    assertEquals(Optional.of(37), Signals.number("SIGRTMIN+3"));
    assertEquals(Optional.empty(), Signals.number("SIGWHAT"));
    assertEquals(Optional.empty(), Signals.number("0"));
    assertEquals(Optional.empty(), Signals.number("65"));
    assertEquals(Optional.empty(), Signals.number(""));
  }

  @Test
  void toCri_isTheInverse() {
    assertEquals(Signal.SIGNAL_SIGTERM, Signals.toCri(15));
    assertEquals(Signal.SIGNAL_SIGUSR1, Signals.toCri(10));
  }
}
