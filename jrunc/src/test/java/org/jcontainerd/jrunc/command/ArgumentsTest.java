package org.jcontainerd.jrunc.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Words and options, as the command line library of runc reads them. */
class ArgumentsTest {
  private static final Flags FLAGS =
      new Flags().option('b', "bundle", "DIR", "").toggle('f', "force", "").option("env", "E", "");

  private static Arguments parse(String... line) throws UsageException {
    return Arguments.parse(FLAGS, List.of(line));
  }

  @Test
  void options_inEveryForm_areRead() throws Exception {
    for (String[] line :
        List.of(
            new String[] {"--bundle", "x", "id"},
            new String[] {"-bundle", "x", "id"},
            new String[] {"--bundle=x", "id"},
            new String[] {"-b", "x", "id"},
            new String[] {"id", "--bundle", "x"},
            new String[] {"--bundle", "x", "--", "id"})) {
      Arguments arguments = parse(line);
      assertEquals(Optional.of("x"), arguments.value("bundle"), String.join(" ", line));
      assertEquals(List.of("id"), arguments.words(), String.join(" ", line));
    }
    assertEquals(List.of("a=1", "b=2"), parse("--env", "a=1", "--env", "b=2").values("env"));
  }

  @Test
  void toggles_takeTruthValues() throws Exception {
    assertTrue(parse("-f").has("force"));
    assertTrue(parse("--force=T").has("force"));
    assertFalse(parse("--force=0").has("force"));
    var e = assertThrows(UsageException.class, () -> parse("--force=maybe"));
    assertEquals("invalid boolean value \"maybe\" for -force", e.getMessage());
  }

  @Test
  void words_ofAnotherProgram_areLeftAlone() throws Exception {
    var flags = new Flags().toggle('f', "force", "").onlyLeading();
    Arguments arguments = Arguments.parse(flags, List.of("-f", "id", "ls", "-f", "--", "x"));
    assertEquals(List.of("id", "ls", "-f", "--", "x"), arguments.words());
  }

  @Test
  void mistakes_areNamed() {
    assertEquals(
        "flag provided but not defined: -nope",
        assertThrows(UsageException.class, () -> parse("--nope")).getMessage());
    assertEquals(
        "flag needs an argument: -bundle",
        assertThrows(UsageException.class, () -> parse("--bundle")).getMessage());
  }

  @Test
  void cgroups_ofExec_areByController() throws Exception {
    assertEquals(Map.of("", "a"), ExecFlags.cgroups(List.of("a")));
    assertEquals(
        Map.of("cpu", "/x", "memory", "/x", "pids", "y"),
        ExecFlags.cgroups(List.of("cpu,memory:/x", "pids:y")));
    for (List<String> wrong :
        List.of(List.of("a", "b"), List.of(",cpu:x"), List.of("cpu:a", "cpu:b"))) {
      assertThrows(UsageException.class, () -> ExecFlags.cgroups(wrong), wrong.toString());
    }
  }

  @Test
  void durations_areGos() throws Exception {
    assertEquals(Duration.ofSeconds(5), GoDuration.parse("interval", "5s"));
    assertEquals(Duration.ofSeconds(90), GoDuration.parse("interval", "1m30s"));
    assertEquals(Duration.ofMillis(250), GoDuration.parse("interval", "250ms"));
    assertEquals(Duration.ofMinutes(90), GoDuration.parse("interval", "1.5h"));
    for (String wrong : List.of("", "5", "s", "-5s", "5s5", "99999999999999h")) {
      assertThrows(UsageException.class, () -> GoDuration.parse("interval", wrong), wrong);
    }
  }
}
