package org.jcontainerd.critest.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

/**
 * What a command of an engine answered.
 *
 * @param code exit code
 * @param stdout without white space at its ends
 * @param stderr as printed
 */
record Answer(List<String> command, int code, String stdout, String stderr) {
  /** Everything that was said, for messages. */
  @Override
  public String toString() {
    return "%s: exit code %d, stdout '%s', stderr '%s'"
        .formatted(String.join(" ", command), code, stdout, stderr);
  }

  /** What was printed, by a command that must end with this code. */
  String ending(int wanted) {
    assertEquals(wanted, code, this::toString);
    return stdout;
  }

  /** What was printed, by a command that must succeed. */
  String fine() {
    return ending(0);
  }

  /**
   * A command on a terminal, which must end with this code and show this; what the terminal itself
   * and the engine's own client add does not matter.
   */
  void showing(int wanted, String text) {
    assertEquals(wanted, code, this::toString);
    assertTrue(stdout.contains(text), this::toString);
  }

  /** A command that must fail with this code and say this. */
  void refused(int wanted, String saying) {
    assertEquals(wanted, code, this::toString);
    assertTrue(stderr.contains(saying) || stdout.contains(saying), this::toString);
  }

  /** The lines that were printed, by a command that must succeed. */
  List<String> lines() {
    return fine().lines().map(String::strip).toList();
  }
}
