package org.jcontainerd.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The repository's own source files, found from the directory Maven was started for. */
final class Sources {
  private static final Path ROOT = Path.of(System.getProperty("jcontainerd.basedir", ".."));

  private Sources() {}

  static Path root() {
    return ROOT;
  }

  /** Returns every tracked-like file with that ending below a module's {@code src}. */
  static List<Path> ending(String ending) throws IOException {
    try (var files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .filter(file -> ROOT.relativize(file).toString().contains("src/"))
          .filter(file -> !ROOT.relativize(file).toString().matches("(.*/)?target/.*"))
          .sorted()
          .toList();
    }
  }

  static boolean isTest(Path file) {
    var path = ROOT.relativize(file).toString();
    return path.contains("src/test/") || path.startsWith("testing/") || path.startsWith("tools/");
  }
}
