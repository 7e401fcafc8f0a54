package org.jcontainerd.critest;

import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jcontainerd.testing.runtime.Locations;

/** The runtimes that every test runs against: ours, and the reference that proves the test. */
enum RuntimeKind {
  JCONTAINERD,
  CONTAINERD;

  /** System property that names the kinds to test, with commas between; both if it is not set. */
  private static final String ASKED = "cri.runtimes";

  /** The kinds of this run. */
  static List<RuntimeKind> asked() {
    String names = System.getProperty(ASKED, "");
    return names.isEmpty()
        ? List.of(values())
        : Arrays.stream(names.split(","))
            .map(name -> valueOf(name.toUpperCase(Locale.ROOT)))
            .toList();
  }

  /**
   * Why this runtime cannot be tested here. Only the reference may be missing, where a distribution
   * does not have it; ours must have been built.
   */
  Optional<String> missing() {
    return switch (this) {
      case JCONTAINERD -> Optional.empty();
      case CONTAINERD ->
          List.of("containerd", "runc", "docker-registry").stream()
              .map(program -> Locations.peers().resolve("bin").resolve(program))
              .filter(program -> !Files.isExecutable(program))
              .findFirst()
              .map(program -> "peer '" + program + "' is not there: bin/setup unpacks it");
    };
  }
}
