package org.jcontainerd.jrunc.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The pages and the completion in {@code docs} are those that {@link Manual} makes. After a change
 * of options they are written anew by {@code -Djrunc.manual.write=true -Dtest=ManualTest}.
 */
class ManualTest {
  private static final Path BASE = Path.of(System.getProperty("jcontainerd.basedir", ".."));

  @Test
  void files_areThoseOfTheOptionTables() throws IOException {
    for (var file : Manual.files().entrySet()) {
      Path path = BASE.resolve(file.getKey());
      if (Boolean.getBoolean("jrunc.manual.write")) {
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      assertEquals(file.getValue(), Files.readString(path), file.getKey().toString());
    }
    try (Stream<Path> there = Files.list(BASE.resolve("docs/man"))) {
      assertEquals(Verbs.NAMES.size() + 1, there.count(), "pages of commands that are gone");
    }
  }

  @Test
  void pages_nameEveryCommandAndOption() {
    var files = Manual.files();
    for (Command command : Verbs.all()) {
      String page = files.get(Path.of("docs/man/jrunc-" + command.name() + ".8"));
      assertTrue(files.get(Path.of("docs/man/jrunc.8")).contains("jrunc\\-" + command.name()));
      for (Flags.Flag flag : command.flags().all()) {
        String option = "\\-\\-" + flag.name().replace("-", "\\-");
        assertTrue(page.contains(option), command.name() + " " + flag.name());
        assertTrue(flag.help().length() > 3, command.name() + " " + flag.name());
      }
    }
  }

  @Test
  void completion_offersCommandsOptionsAndValues() throws Exception {
    assertEquals(List.of("delete"), complete("del"));
    assertEquals(List.of("start", "state"), complete("sta"));
    assertEquals(List.of("--format"), complete("list", "--fo"));
    assertEquals(List.of("table", "json"), complete("--root", "/x", "list", "--format", ""));
    assertEquals(List.of("--log", "--log-format"), complete("--log"));
    assertEquals(List.of(), complete("run", "--pid-file", "/no/such/"));
    for (Command command : Verbs.all()) {
      List<String> offered = complete(command.name(), "--");
      for (Flags.Flag flag : command.flags().all()) {
        assertTrue(offered.contains("--" + flag.name()), command.name() + " " + offered);
      }
    }
  }

  private static List<String> complete(String... words) throws Exception {
    String script =
        "source \"$1\"; shift; COMP_WORDS=(jrunc \"$@\"); COMP_CWORD=$#; jrunc() { :; }; _jrunc;"
            + " printf '%s\\n' \"${COMPREPLY[@]}\"";
    var command =
        new java.util.ArrayList<>(
            List.of("bash", "-c", script, "bash", BASE + "/docs/completion/jrunc.bash"));
    command.addAll(List.of(words));
    Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, bash.waitFor(), said);
    return said.lines().filter(line -> !line.isEmpty()).toList();
  }
}
