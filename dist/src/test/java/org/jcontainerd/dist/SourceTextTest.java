package org.jcontainerd.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Rules that leave no trace in class files. */
class SourceTextTest {
  private static final Path SYS = Path.of("linux/src/main/java/org/jcontainerd/linux/sys");

  @Test
  void restrictedCalls_areSuppressedInLinuxSysAlone() throws IOException {
    assertEquals(
        List.of(),
        filesWith(line -> line.contains("@SuppressWarnings") && line.contains("\"restricted\""))
            .stream()
            .filter(file -> !file.startsWith(SYS))
            // a test may ask a C library what it would have done
            .filter(file -> !file.toString().contains("src/test/"))
            .toList());
  }

  @Test
  void imports_nameOneType() throws IOException {
    assertEquals(List.of(), filesWith(line -> line.matches("import .*\\*;|import module .*")));
  }

  @Test
  void javadoc_namesNoAuthor() throws IOException {
    var tag = "@" + "author";
    assertEquals(List.of(), filesWith(line -> line.contains(tag)));
  }

  private static List<Path> filesWith(Predicate<String> match) throws IOException {
    var found = new ArrayList<Path>();
    for (var file : Sources.ending(".java")) {
      try (var lines = Files.lines(file)) {
        if (lines.anyMatch(match)) {
          found.add(Sources.root().relativize(file));
        }
      }
    }
    return found;
  }
}
