package org.jcontainerd.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The helper's decoder, built with sanitizers, reads plans that somebody tampered with. */
final class HelperFuzzTest {
  private static final String ROUNDS = System.getProperty("jrunc.fuzz.rounds", "100000");
  private static final String SEED = System.getProperty("jrunc.fuzz.seed", "1");

  @TempDir static Path directory;

  private record Run(int status, String output) {}

  @BeforeAll
  static void compile() throws Exception {
    Run run =
        run(
            "gcc",
            "-std=gnu11",
            "-D_GNU_SOURCE",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-g",
            "-O1",
            "-fsanitize=address,undefined",
            "-fno-sanitize-recover=all",
            "-Isrc/main/c",
            "-o",
            directory.resolve("fuzz_plan").toString(),
            "src/test/c/fuzz_plan.c",
            "src/main/c/plan.c");
    assertEquals(0, run.status, run.output);
  }

  private static Run run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), output);
  }

  private static String write(String name, Plan plan) throws IOException {
    return Files.write(directory.resolve(name), PlanWriter.write(plan)).toString();
  }

  @Test
  void mutatedPlans_neverCrashTheDecoder() throws Exception {
    var command = new ArrayList<>(List.of(directory.resolve("fuzz_plan").toString(), SEED, ROUNDS));
    command.add(write("every", EveryStep.plan()));
    command.add(write("small", PlanSeeds.small()));
    Run run = run(command.toArray(String[]::new));
    assertEquals(0, run.status, run.output);
    assertTrue(run.output.startsWith("rounds " + ROUNDS + " accepted "), run.output);
    long accepted = Long.parseLong(run.output.split(" ")[3]);
    assertTrue(accepted > 100, "too few got past the checks: " + run.output);
  }

  @Test
  void misplacedSteps_areRefused() throws Exception {
    var clone = new ParentStep.Clone(Set.of(), Optional.empty());
    var await = new ProcessStep.Await();
    var exec = new ProcessStep.Exec("/x", List.of("x"), List.of());
    assertRefused("step 0 belongs after the clone", await, clone, exec);
    assertRefused("step 1 stands before await", clone, new ProcessStep.Ready(), await, exec);
    assertRefused("step 1 stands before await", clone, exec);
    assertRefused("step 1 belongs before the clone", clone, clone, await, exec);
    assertRefused(
        "step 2 belongs before the clone", clone, await, new ParentStep.Subreaper(), exec);
    assertRefused("step 3 stands after exec", clone, await, exec, new ProcessStep.Umask(0));
    assertRefused("step 2 plan ends without exec", clone, await);
    var stage = new ParentStep.Clone(Set.of(), Optional.empty(), ParentStep.Clone.Stage.SHARED);
    assertRefused("step 1 stands before await", stage, exec);
    assertRefused(
        "step 1 awaits a helper that stands still, or a second time",
        stage,
        await,
        new ProcessStep.Fork(),
        exec);
    assertRefused(
        "step 3 waits a second time",
        clone,
        await,
        new ProcessStep.Ready(),
        new ProcessStep.Ready(),
        exec);
    assertRefused(
        "step 2 payload does not have its layout",
        clone,
        await,
        new ProcessStep.EnterCgroup(new Slot(3, "not passed")),
        exec);
  }

  private static void assertRefused(String reason, Step... steps) throws Exception {
    String file = write("refused", new Plan(List.of(steps), List.of()));
    Run run = run(directory.resolve("fuzz_plan").toString(), "1", "1", file);
    assertEquals(3, run.status, run.output);
    assertEquals(file + ": " + reason + "\n", run.output);
  }
}
