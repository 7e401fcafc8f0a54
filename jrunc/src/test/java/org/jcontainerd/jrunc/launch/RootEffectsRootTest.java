package org.jcontainerd.jrunc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.MountAttribute;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.Propagation;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.jrunc.plan.Step;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.fs.HostFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the steps make of a root, also of one that an attacker prepared. */
@Tag("root")
@Timeout(60)
final class RootEffectsRootTest {
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

  private String output(TestPlan plan) throws Exception {
    return rig.run(plan).output();
  }

  private static RootStep.Source host(Path path) {
    return new RootStep.Source.HostPath(path.toString());
  }

  private Path outside(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name));
  }

  @Test
  void maskedPaths_areEmpty_andReadOnlyOnesRefuseWrites() throws Exception {
    var said =
        output(
            rig.shell(
                """
                cat /proc/version; stat -c '%t:%T' /proc/version; ls /proc/fs /proc/irq
                echo 1 >/proc/sys/kernel/msgmax; cat /proc/sys/kernel/hostname
                """));
    assertEquals(
        """
        1:3
        /proc/fs:

        /proc/irq:
        sh: can't create /proc/sys/kernel/msgmax: Read-only file system
        jrunc
        """,
        said);
  }

  @Test
  void mask_behindAFakeNullDevice_isRefused() throws Exception {
    Files.writeString(rig.root.resolve("etc/secret"), "x");
    var plan =
        rig.plan("true")
            .inRoot(RootStep.Mount.of("tmpfs", "tmpfs", "/dev", Set.of()))
            .inRoot(RootStep.Bind.of(host(rig.root.resolve("etc/secret")), "/dev/null", false))
            .inRoot(new RootStep.Mask("/etc/secret"));
    StepFailure failure = rig.fail(plan);
    assertEquals("mask", failure.op());
    assertTrue(failure.cause().is(Errno.ENODEV));
  }

  @Test
  void proc_thatIsALink_isRefused() throws Exception {
    Files.delete(rig.root.resolve("proc"));
    Files.createSymbolicLink(rig.root.resolve("proc"), Path.of("/tmp"));
    StepFailure failure = rig.fail(rig.plan("true"));
    assertEquals("mount", failure.op());
    assertTrue(failure.cause().is(Errno.ELOOP));
  }

  @Test
  void targetBehindLinks_staysInTheRoot() throws Exception {
    Path host = outside("host");
    Path source = outside("source");
    Files.writeString(source.resolve("file"), "mounted\n");
    Files.createSymbolicLink(rig.root.resolve("absolute"), host);
    Files.createDirectories(rig.root.resolve(host.toString().substring(1)));
    Files.createSymbolicLink(rig.root.resolve("up"), Path.of("../../../../../../etc"));
    var said =
        output(
            rig.shell("cat " + host + "/file /etc/x/file")
                .inRoot(RootStep.Bind.of(host(source), "/absolute", false))
                .inRoot(RootStep.Bind.of(host(source), "/up/x", false)));
    assertEquals("mounted\nmounted\n", said);
    assertTrue(Files.isDirectory(rig.root.resolve("etc/x")));
    try (var files = Files.list(host)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void targetBehindADanglingLink_isRefusedAndNothingIsMadeOutside() throws Exception {
    Path host = outside("host");
    Files.createSymbolicLink(rig.root.resolve("dangling"), host.resolve("made"));
    for (String target : List.of("/dangling", "/dangling/below")) {
      StepFailure failure =
          rig.fail(rig.plan("true").inRoot(RootStep.Bind.of(host(host), target, false)));
      assertEquals("bind", failure.op());
      assertFalse(Files.exists(host.resolve("made"), LinkOption.NOFOLLOW_LINKS));
    }
    for (var step :
        List.of(
            new RootStep.Mkdir("/dangling/a", 0755),
            new RootStep.Mknod("/dangling/n", RootStep.Mknod.Kind.CHARACTER, 0666, 1, 3, 0, 0),
            new RootStep.Symlink("x", "/dangling/s"))) {
      rig.fail(rig.plan("true").inRoot(step));
      assertFalse(Files.exists(host.resolve("made"), LinkOption.NOFOLLOW_LINKS));
    }
  }

  /**
   * A second container that shares the root exchanges a directory for a link to the host
   * (CVE-2021-30465).
   */
  @Test
  void targetThatIsExchangedMeanwhile_neverLeadsOutside() throws Exception {
    Path host = outside("host");
    Path source = outside("source");
    Path race = Files.createDirectory(rig.root.resolve("race"));
    Path link = Files.createSymbolicLink(rig.root.resolve("link"), host);
    int renameat2 = System.getProperty("os.arch").equals("aarch64") ? 276 : 316;
    String exchange =
        "while (1) { syscall(%d, -100, $ARGV[0], -100, $ARGV[1], 2) }".formatted(renameat2);
    Process exchanger =
        new ProcessBuilder("perl", "-e", exchange, race.toString(), link.toString()).start();
    int mounted = 0;
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      var plan =
          rig.plan("true").inRoot(RootStep.Bind.of(host(source), "/race/a" + i + "/b", false));
      try {
        rig.run(plan);
        mounted++;
      } catch (PlanFailedException e) {
        assertEquals("bind", e.failure().op());
        refused++;
      }
      try (var files = Files.list(host)) {
        assertEquals(List.of(), files.toList());
      }
    }
    exchanger.destroyForcibly().waitFor();
    assertTrue(mounted > 0 && refused > 0, mounted + " mounted, " + refused + " refused: no race");
  }

  @Test
  void loopingLinks_areErrors() throws Exception {
    Files.createSymbolicLink(rig.root.resolve("loop"), Path.of("loop"));
    var plan = rig.plan("true").inRoot(RootStep.Bind.of(host(directory), "/loop/x", false));
    assertTrue(rig.fail(plan).cause().is(Errno.ELOOP));
  }

  @Test
  void directoryOfTheHost_isNotReachedByChdir() throws Exception {
    int refused = 0;
    for (int number = 3; number <= 64; number++) {
      var plan = rig.plan("ls", ".");
      plan.pass("leak", HostFile.directory(Path.of("/etc")));
      plan.inProcess(new ProcessStep.Chdir("/proc/self/fd/" + number));
      try {
        assertFalse(output(plan).contains("passwd")); // a directory of ours inside the root
      } catch (PlanFailedException e) {
        assertEquals("chdir", e.failure().op());
        refused += e.failure().cause().is(Errno.EPERM) ? 1 : 0;
      }
    }
    assertTrue(refused > 0, "no number led to the directory: the test proves nothing");
  }

  @Test
  void nothing_isInheritedButWhatWasPlaced() throws Exception {
    var plan = rig.shell("ls -l /proc/self/fd | head -n 9");
    plan.pass("leak", HostFile.directory(Path.of("/etc")));
    plan.preserved(3, plan.pass("kept", HostFile.reading(Path.of("/dev/zero"))));
    String said = output(plan);
    assertTrue(said.contains("3 -> /dev/zero"), said);
    assertFalse(said.contains("/etc"), said);
    assertTrue(said.contains("0 -> /dev/null"), said);
    assertEquals(4, said.lines().filter(line -> line.contains("->")).count(), said);
  }

  @Test
  void bindAttributes_applyToTheMount() throws Exception {
    Path source = outside("source");
    var readOnly =
        new RootStep.Bind(
            host(source),
            "/data",
            true,
            Set.of(MountAttribute.NOATIME),
            Set.of(),
            Set.of(MountAttribute.RDONLY, MountAttribute.NOSUID),
            Set.of(),
            Propagation.PRIVATE);
    String said = output(rig.shell("mount").inRoot(readOnly));
    String line = said.lines().filter(l -> l.contains(" on /data ")).findFirst().orElseThrow();
    assertTrue(line.contains("ro,nosuid") && line.contains("noatime"), line);
  }

  @Test
  void copyUp_bringsWhatTheTargetHeld() throws Exception {
    Path data = Files.createDirectories(rig.root.resolve("data/deep"));
    Files.writeString(data.resolve("file"), "held\n");
    Files.createSymbolicLink(rig.root.resolve("data/link"), Path.of("deep/file"));
    var mount =
        new RootStep.Mount(
            "tmpfs", "tmpfs", "/data", Set.of(), List.of("mode=0750"), Propagation.UNCHANGED, true);
    String said =
        output(
            rig.shell("cat /data/link; echo new >/data/deep/file; stat -c %a /data").inRoot(mount));
    assertEquals("held\n750\n", said);
    assertEquals("held\n", Files.readString(data.resolve("file")));
  }

  @Test
  void refusedOption_isExplainedByTheKernel() throws Exception {
    var plan =
        rig.plan("true").inRoot(RootStep.Mount.of("tmpfs", "tmpfs", "/mnt", Set.of(), "bogus=1"));
    StepFailure failure = rig.fail(plan);
    assertEquals(
        "fsconfig('tmpfs: Unknown parameter 'bogus''): Invalid argument [EINVAL]",
        failure.cause().getMessage());
  }

  @Test
  void nodes_areMadeOnceAndNeverReplaced() throws Exception {
    var node = new RootStep.Mknod("/dev/made", RootStep.Mknod.Kind.CHARACTER, 0640, 1, 5, 7, 8);
    var other = new RootStep.Mknod("/dev/made", RootStep.Mknod.Kind.CHARACTER, 0640, 1, 3, 7, 8);
    String said = output(rig.shell("stat -c '%t:%T %a %u:%g' /dev/made").inRoot(node).inRoot(node));
    assertEquals("1:5 640 7:8\n", said);
    assertTrue(rig.fail(rig.plan("true").inRoot(node).inRoot(other)).cause().is(Errno.EEXIST));
  }

  @Test
  void readOnlyRoot_refusesWrites() throws Exception {
    var step = new RootStep.SetAttributes("/", false, Set.of(MountAttribute.RDONLY), Set.of());
    assertEquals(
        "sh: can't create /x: Read-only file system\n",
        output(rig.shell("echo >/x").inProcess(step)));
  }

  @Test
  void rootsWithoutPivot_areRootsToo() throws Exception {
    for (Step step : List.of(new RootStep.MoveRoot(), new RootStep.Chroot(rig.root.toString()))) {
      var plan =
          rig.shell("ls /; cd ..; ls -d work; cat /proc/sys/kernel/hostname").changeRoot(step);
      assertEquals(
          "bin\ndev\netc\nproc\nsys\ntmp\nls: work: No such file or directory\njrunc\n",
          output(plan));
    }
  }

  @Test
  void sysctl_ofTheContainer_isItsOwn() throws Exception {
    String before = Files.readString(Path.of("/proc/sys/kernel/msgmax"));
    var step = EitherStep.WriteProc.sysctl("kernel.msgmax", "4321");
    // the namespace's value, although /proc/sys is read-only in the container by then
    assertEquals("4321\n", output(rig.shell("cat /proc/sys/kernel/msgmax").inProcess(step)));
    assertEquals(before, Files.readString(Path.of("/proc/sys/kernel/msgmax")));
  }

  @Test
  void userNamespace_mapsRoot_andTakesOpenedTrees() throws Exception {
    Path source = outside("source");
    Files.writeString(source.resolve("file"), "seen\n");
    rig.plan("true");
    chown(rig.root);
    var plan =
        rig.shell("head -n 1 /proc/self/uid_map; id -u; cat /data/file; stat -c %u /bin").user();
    var tree = plan.made("tree");
    plan.inParent(
            new ParentStep.OpenTree(
                source.toString(),
                false,
                Set.of(MountAttribute.RDONLY),
                Set.of(),
                Optional.empty(),
                tree))
        .inRoot(RootStep.Bind.of(new RootStep.Source.Tree(tree), "/data", false));
    assertEquals("0 100000 65536 0 seen 0", output(plan).strip().replaceAll("\\s+", " "));
  }

  private static void chown(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:uid", 100000, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", 100000, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }
}
