package org.jcontainerd.jrunc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jcontainerd.jrunc.plan.KeeperStep;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.jrunc.plan.Step;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.ProcessStat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a starter hears of a plan. */
@Tag("root")
@Timeout(60)
final class PlanReportsRootTest {
  @TempDir Path directory;
  private PlanRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new PlanRig(directory);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private static RootStep.Bind missing() {
    return RootStep.Bind.of(new RootStep.Source.HostPath("/no/such/thing"), "/mnt", false);
  }

  @Test
  void failure_inTheChild_namesStepCallObjectAndErrno() throws Exception {
    var plan = rig.plan("true").inRoot(missing());
    StepFailure failure = rig.fail(plan);
    assertEquals("bind", failure.op());
    assertEquals(Place.CHILD, failure.place());
    assertEquals(
        "open_tree('/no/such/thing'): No such file or directory [ENOENT]",
        failure.cause().getMessage());
    int index = TestPlan.of(rig.root, "true").inRoot(missing()).build().steps().indexOf(missing());
    assertEquals(OptionalInt.of(index), failure.step());
  }

  @Test
  void failure_inTheHelperBeforeTheClone_saysParent() throws Exception {
    var plan = rig.plan("true");
    plan.inParent(
        new ParentStep.OpenTree(
            "/no/such/thing", false, Set.of(), Set.of(), Optional.empty(), plan.made("tree")));
    StepFailure failure = rig.fail(plan);
    assertEquals("open-tree", failure.op());
    assertEquals(Place.PARENT, failure.place());
  }

  @Test
  void failure_inTheHelperAfterTheClone_saysKeeper() throws Exception {
    var plan = rig.plan("true");
    plan.inKeeper(new KeeperStep.IdMaps("no map", "no map", false));
    StepFailure failure = rig.fail(plan);
    assertEquals("id-maps", failure.op());
    assertEquals(Place.KEEPER, failure.place());
    assertEquals("write", failure.cause().syscall());
  }

  @Test
  void failure_ofAKeptProcess_leavesNoFiles() throws Exception {
    Path init = Files.createDirectory(directory.resolve("init"));
    rig.fail(rig.plan("true").keeper(init).inRoot(missing()));
    try (var files = Files.list(init)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void lenientStep_thatFails_isAWarning() throws Exception {
    var result = rig.run(rig.shell("echo on").inRoot(new Step.Lenient(missing())));
    assertEquals("on\n", result.output());
    assertEquals(1, rig.warnings.size());
    assertTrue(rig.warnings.getFirst().cause().is(Errno.ENOENT));
  }

  @Test
  void programs_missingOrForbidden_areToldApart() throws Exception {
    Files.writeString(rig.root.resolve("bin/plain"), "text");
    assertTrue(rig.fail(rig.plan("nothing")).cause().is(Errno.ENOENT));
    assertTrue(rig.fail(rig.plan("plain")).cause().is(Errno.EACCES));
    assertTrue(rig.fail(rig.plan("/bin/nothing")).cause().is(Errno.ENOENT));
    assertTrue(rig.fail(rig.plan("/bin")).cause().is(Errno.EISDIR));
    StepFailure late = rig.fail(rig.plan("x").program("/bin/nothing"));
    assertEquals("exec", late.op());
    assertEquals("execve", late.cause().syscall());
  }

  @Test
  void sync_holdsTheProcessUntilItMayProceed() throws Exception {
    var seen = new ArrayList<String>();
    var plan = rig.plan("true").inRoot(new ProcessStep.Sync("createRuntime"));
    try (var launch = plan.launch(rig.launcher)) {
      launch.await(
          new LaunchListener() {
            @Override
            public void synced(ProcessIdentity process, String tag) throws IOException {
              var stat = ProcessStat.read(process.pid()).orElseThrow();
              assertEquals(process.startTicks(), stat.startTicks());
              seen.add(tag);
            }
          });
      assertEquals(new ExitStatus.Exited(0), launch.exited().get().status());
    }
    assertEquals(List.of("createRuntime"), seen);
  }

  @Test
  void hookThatFails_endsTheProcess() throws Exception {
    var plan = rig.plan("true").inRoot(new ProcessStep.Sync("prestart"));
    var pids = new ArrayList<Integer>();
    assertThrows(
        IOException.class,
        () -> {
          try (var launch = plan.launch(rig.launcher)) {
            launch.await(
                new LaunchListener() {
                  @Override
                  public void synced(ProcessIdentity process, String tag) throws IOException {
                    pids.add(process.pid());
                    throw new IOException("hook failed");
                  }
                });
          }
        });
    long end = System.nanoTime() + 5_000_000_000L;
    while (ProcessStat.read(pids.getFirst()).isPresent() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertFalse(ProcessStat.read(pids.getFirst()).isPresent());
  }

  @Test
  void tracedPlan_answersAfterEachStep() throws Exception {
    var done = new ArrayList<HelperMessage.Done>();
    var plan = rig.plan("true");
    var built = plan.build();
    try (var launch = rig.launcher.launch(built, plan.descriptors(), true, _ -> {})) {
      launch.await(
          new LaunchListener() {
            @Override
            public void done(HelperMessage.Done step) {
              done.add(step);
            }
          });
      var _ = launch.exited().get();
    }
    assertEquals(built.steps().size() - 1, done.size(), "all but exec");
  }
}
