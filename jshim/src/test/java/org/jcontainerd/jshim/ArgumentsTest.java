package org.jcontainerd.jshim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {

  private static Arguments parse(String... words) {
    return Arguments.parse(words, Map.of(), Path.of("/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-v", "--version", "-version"})
  void version_inEachSpelling_needsNothingElse(String flag) {
    assertEquals(Arguments.Verb.VERSION, parse(flag).verb());
  }

  @Test
  void unknownFlag_isRefusedByName() {
    var failure = assertThrows(IllegalArgumentException.class, () -> parse("-bogus", "x", "start"));
    assertEquals("flag '-bogus' is not known", failure.getMessage());
  }
}
