package org.jcontainerd.jrunc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.Plan;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.ProcessStat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The helper as a program: by hand, as pause, with a plan it does not take. */
@Tag("root")
@Timeout(60)
final class HelperProgramRootTest {
  @TempDir Path directory;
  private PlanRig rig;
  private Path helper;

  @BeforeEach
  void open() throws IOException {
    rig = new PlanRig(directory);
    helper = Files.write(directory.resolve("jrunc-init"), HelperImage.bytes());
    assertTrue(helper.toFile().setExecutable(true));
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private String say(int expected, String... arguments) throws Exception {
    var command = new ProcessBuilder(helper.toString()).redirectErrorStream(true);
    command.command().addAll(List.of(arguments));
    Process process = command.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(expected, process.waitFor());
    return said;
  }

  @Test
  void helper_startedByHand_refusesInOneSentence() throws Exception {
    String sentence = "jrunc-init: this program is started by jrunc, with a plan on descriptor 3\n";
    assertEquals(sentence, say(64));
    assertEquals(sentence, say(64, "run", "x"));
  }

  @Test
  void helper_askedForItsVersion_tellsIt() throws Exception {
    assertTrue(say(0, "--version").matches("jrunc-init version \\S+, plan version 2\n"));
  }

  @Test
  void pause_asPidOne_reapsOrphansAndEndsOnTerm() throws Exception {
    Files.copy(helper, rig.root.resolve("pause"));
    assertTrue(rig.root.resolve("pause").toFile().setExecutable(true));
    try (var launch = rig.plan("/pause", "pause").launch(rig.launcher)) {
      ProcessIdentity pause = launch.await(LaunchListener.NONE);
      Path keeper = Files.createDirectory(directory.resolve("exec"));
      String script = "(sleep 0.05 & sleep 0.01 &); exit 0";
      try (var exec =
          ExecPlan.launch(rig.launcher, pause.pid(), false, false, keeper, "sh", "-c", script)) {
        exec.await(LaunchListener.NONE);
        var _ = exec.exited().get();
        exec.connection().send('Q');
      }
      Path children = Path.of("/proc/" + pause.pid() + "/task/" + pause.pid() + "/children");
      long end = System.nanoTime() + 5_000_000_000L;
      while (!KernelFile.read(children).isEmpty() && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertEquals("", KernelFile.read(children));
      assertEquals('S', ProcessStat.read(pause.pid()).orElseThrow().state());
      try (var pidfd = PidFd.open(pause.pid())) {
        pidfd.send(Signal.SIGTERM);
      }
      assertEquals(new ExitStatus.Exited(0), launch.exited().get().status());
    }
  }

  @Test
  void planWithoutExec_isRefusedWithTheReason() throws Exception {
    var plan =
        new Plan(
            List.of(new ParentStep.Clone(Set.of(), Optional.empty()), new ProcessStep.Await()),
            List.of());
    try (var launch = rig.launcher.launch(plan, Map.of())) {
      launch.await(LaunchListener.NONE);
    } catch (PlanFailedException e) {
      assertEquals(
          "plan('plan ends without exec'): Invalid argument [EINVAL]",
          e.failure().cause().getMessage());
      assertEquals(Place.PARENT, e.failure().place());
      return;
    }
    throw new AssertionError("the plan ran");
  }

  @Test
  void planLargerThanASocketBuffer_arrivesWhole() throws Exception {
    var plan =
        rig.plan("sh", "-c", "echo ${#1} ${#2}", "sh", "x".repeat(120_000), "y".repeat(120_000));
    for (int i = 0; i < 40; i++) {
      plan.inProcess(new ProcessStep.Hostname("jrunc"));
      plan.inRoot(new RootStep.Symlink("z".repeat(4000), "/tmp/l" + i));
    }
    assertEquals("120000 120000\n", rig.run(plan).output());
  }

  @Test
  void manyDescriptors_arriveInOrder() throws Exception {
    var plan = rig.shell("for n in 10 99 159; do readlink /proc/self/fd/$n; done");
    for (int i = 0; i < 150; i++) {
      Path file = Files.createFile(directory.resolve("f" + i));
      plan.preserved(10 + i, plan.pass("f" + i, HostFile.reading(file)));
    }
    String said = rig.run(plan).output();
    assertEquals(
        List.of("f0", "f89", "f149"),
        said.lines().map(line -> Path.of(line).getFileName().toString()).toList());
  }
}
