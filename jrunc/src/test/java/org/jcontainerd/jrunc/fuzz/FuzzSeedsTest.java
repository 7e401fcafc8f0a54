package org.jcontainerd.jrunc.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.jrunc.seccomp.SeccompFuzz;
import org.junit.jupiter.api.Test;

/** Every build runs what the fuzzers begin with and what they once found; tools/fuzz finds more. */
class FuzzSeedsTest {
  private static List<Path> seeds(String target) throws IOException {
    try (var files = Files.list(Path.of("src/test/fuzz", target))) {
      return files.sorted().toList();
    }
  }

  @Test
  void specSeeds_areReadOrRefused() throws Exception {
    List<Path> seeds = seeds("spec");
    assertTrue(seeds.size() > 1, "no seeds");
    for (Path seed : seeds) {
      SpecFuzz.fuzzerTestOneInput(Files.readAllBytes(seed));
    }
  }

  @Test
  void seccompSeeds_areCompiledOrRefused() throws Exception {
    List<Path> seeds = seeds("seccomp");
    assertTrue(seeds.size() > 1, "no seeds");
    for (Path seed : seeds) {
      SeccompFuzz.fuzzerTestOneInput(Files.readAllBytes(seed));
    }
  }
}
