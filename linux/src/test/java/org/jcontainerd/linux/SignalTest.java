package org.jcontainerd.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalTest {
  @ParameterizedTest
  @CsvSource({
    "TERM,15",
    "SIGTERM,15",
    "sigkill,9",
    "9,9",
    " 1 ,1",
    "RTMIN,34",
    "SIGRTMIN+3,37",
    "RTMAX,64",
    "RTMAX-30,34",
    "64,64",
    "IOT,6",
    "CLD,17",
    "POLL,29",
    "WINCH,28",
    "SYS,31"
  })
  void parse_whatEnginesWrite(String text, int number) {
    assertEquals(Optional.of(new Signal(number)), Signal.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "65", "-9", "SIG", "FOO", "RTMIN+31", "RTMAX-31", "RTMIN-1"})
  void parse_whatIsNone(String text) {
    assertEquals(Optional.empty(), Signal.parse(text));
  }

  @Test
  void names_areJnrs() {
    for (var theirs : jnr.constants.platform.linux.Signal.values()) {
      int number = theirs.intValue();
      boolean alias = theirs.name().matches("SIG(IOT|CLD|POLL|UNUSED|RT.*)");
      if (theirs.defined() && number >= 1 && number <= 31 && !alias) {
        assertEquals(theirs.name(), new Signal(number).toString());
      }
    }
  }

  @Test
  void everyNumber_readsBackFromItsName() {
    for (int number = 1; number <= 64; number++) {
      if (number < 32 || number > 33) {
        assertEquals(Optional.of(new Signal(number)), Signal.parse(new Signal(number).toString()));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new Signal(0));
    assertThrows(IllegalArgumentException.class, () -> new Signal(65));
  }
}
