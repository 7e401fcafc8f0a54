package org.jcontainerd.jrunc.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the plans that a fuzzer of the helper's decoder begins with: {@code PlanSeeds DIRECTORY}.
 */
final class PlanSeeds {
  private PlanSeeds() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    Files.write(directory.resolve("every"), PlanWriter.write(EveryStep.plan()));
    Files.write(directory.resolve("small"), PlanWriter.write(small()));
  }

  /** A plan of what every plan must have. */
  static Plan small() {
    return new PlanBuilder()
        .add(new ParentStep.Clone(Set.of(), Optional.empty()))
        .add(new ProcessStep.Await())
        .add(new ProcessStep.Exec("/x", List.of("x"), List.of()))
        .build();
  }
}
