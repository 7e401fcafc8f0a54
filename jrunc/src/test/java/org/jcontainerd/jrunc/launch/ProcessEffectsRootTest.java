package org.jcontainerd.jrunc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.jrunc.plan.Bits;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.process.ExitStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the steps make of a process. */
@Tag("root")
@Timeout(60)
final class ProcessEffectsRootTest {
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

  private static String field(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void identityAndCapabilities_areExactlyWhatWasAsked() throws Exception {
    long chown = 1;
    long netBind = 1 << 10;
    String status =
        output(
            rig.plan("cat", "/proc/self/status")
                .inProcess(new ProcessStep.BoundingSet(chown | netBind))
                .inProcess(new ProcessStep.KeepCapabilities(true))
                .inProcess(new ProcessStep.Identity(1000, 1001, true, List.of(1001, 5, 50)))
                .inProcess(new ProcessStep.KeepCapabilities(false))
                .inProcess(
                    new ProcessStep.Capabilities(
                        chown | netBind, chown | netBind, netBind, netBind))
                .inProcess(new ProcessStep.NoNewPrivileges()));
    assertEquals("1000\t1000\t1000\t1000", field(status, "Uid"));
    assertEquals("1001\t1001\t1001\t1001", field(status, "Gid"));
    assertEquals("5 50 1001", field(status, "Groups"));
    assertEquals("0000000000000401", field(status, "CapBnd"));
    assertEquals("0000000000000400", field(status, "CapInh"));
    assertEquals("0000000000000400", field(status, "CapPrm"), "after exec: the ambient ones");
    assertEquals("0000000000000400", field(status, "CapEff"));
    assertEquals("0000000000000400", field(status, "CapAmb"));
    assertEquals("1", field(status, "NoNewPrivs"));
    assertEquals("0000000000000000", field(status, "SigIgn"));
    assertEquals("0000000000000000", field(status, "SigBlk"));
  }

  @Test
  void limitsUmaskAndScheduling_reachTheProgram() throws Exception {
    String said =
        output(
            rig.shell(
                    "ulimit -n; umask; stat -c %a /tmp/f; cat /proc/self/stat; cat /proc/self/oom_score_adj")
                .inProcess(new ProcessStep.Rlimit(7, 123, 456))
                .inProcess(new ProcessStep.Umask(027))
                .inProcess(new ProcessStep.Scheduler(3, 0, 5, 0, 0, 0, 0))
                .inProcess(new EitherStep.WriteProc("self/oom_score_adj", "500")));
    List<String> lines = said.lines().toList();
    assertEquals("123", lines.get(0));
    assertEquals("0027", lines.get(1));
    String[] stat = lines.get(3).substring(lines.get(3).lastIndexOf(')') + 2).split(" ");
    assertEquals("5", stat[16], "nice");
    assertEquals("3", stat[38], "SCHED_BATCH");
    assertEquals("500", lines.get(4));
  }

  @Test
  void restOfTheSteps_reachTheProgram() throws Exception {
    String said =
        output(
            rig.shell(
                    """
                    busybox uname -m; cat /proc/sys/kernel/domainname; busybox ionice -p $$
                    while read key value; do [ $key = Cpus_allowed: ] && echo $value; done </proc/self/status
                    read map policy rest </proc/self/numa_maps; echo $policy
                    """)
                .inProcess(new ProcessStep.Personality(8))
                .inProcess(new ProcessStep.Domainname("example.org"))
                .inProcess(new ProcessStep.IoPriority(2 << 13 | 6))
                .inProcess(new EitherStep.Affinity(Bits.of(new byte[] {1})))
                .inProcess(new ProcessStep.MemoryPolicy(2, Bits.of(new byte[] {1})))
                .inProcess(new ProcessStep.Keyring("_ses.test")));
    assertEquals("i686\nexample.org\nbest-effort: prio 6\n1\nbind:0\n", said);
  }

  @Test
  void stdio_belongsToTheUser() throws Exception {
    String said =
        output(
            rig.shell("echo again >/dev/stdout; echo x >/proc/self/fd/1")
                .inRoot(new RootStep.Symlink("/proc/self/fd/1", "/dev/stdout"))
                .afterDescriptors(new ProcessStep.OwnStdio(1000))
                .afterDescriptors(new ProcessStep.Identity(1000, 1000, true, List.of())));
    assertEquals("again\nx\n", said);
  }

  @Test
  void seccompFilter_refusesWhatItSays() throws Exception {
    String said =
        output(
            rig.shell("kill -0 $$ && echo killed; umask")
                .inProcess(denying(62))
                .inProcess(new ProcessStep.Umask(7)));
    assertEquals("sh: can't kill pid 1: Permission denied\n0007\n", said);
  }

  /**
   * A failing exec is told although the filter leaves the process next to nothing to tell it with.
   */
  @Test
  void failureUnderAStrictFilter_isStillReported() throws Exception {
    StepFailure failure =
        rig.fail(rig.plan("x").program("/bin/nothing").afterDescriptors(allowingOnly(59, 60, 231)));
    assertEquals("exec", failure.op());
    assertTrue(failure.cause().is(Errno.ENOENT));
  }

  @Test
  void processKilledByItsFilter_isAnExit() throws Exception {
    var result = rig.run(rig.shell("echo never").afterDescriptors(allowingOnly(59, 60, 231)));
    assertTrue(
        result.status() instanceof ExitStatus.Killed(var signal, _) && signal.number() == 31);
  }

  private static ProcessStep denying(int syscall) {
    return program(List.of(syscall), 0x00050000 | Errno.EACCES, 0x7fff0000);
  }

  private static ProcessStep allowingOnly(Integer... syscalls) {
    return program(List.of(syscalls), 0x7fff0000, 0x80000000);
  }

  /** {@code ld [nr]}, one {@code jeq} each, and two returns (linux/filter.h). */
  private static ProcessStep program(List<Integer> listed, int ifListed, int otherwise) {
    var code = ByteBuffer.allocate(8 * (listed.size() + 3)).order(ByteOrder.LITTLE_ENDIAN);
    code.putShort((short) 0x20).putShort((short) 0).putInt(0);
    for (int i = 0; i < listed.size(); i++) {
      int toListed = listed.size() - i;
      code.putShort((short) 0x15).put((byte) toListed).put((byte) 0).putInt(listed.get(i));
    }
    code.putShort((short) 0x06).putShort((short) 0).putInt(otherwise);
    code.putShort((short) 0x06).putShort((short) 0).putInt(ifListed);
    return new ProcessStep.Seccomp(0, Bits.of(code.array()));
  }

  @Test
  void helperItself_cannotBeOverwritten_norMadeToRunAScript() throws Exception {
    Path script = rig.root.resolve("bin/self");
    Files.writeString(script, "#!/proc/self/exe\n");
    assertTrue(script.toFile().setExecutable(true));
    var result = rig.run(rig.plan("self"));
    assertEquals(new ExitStatus.Exited(64), result.status());
    assertTrue(result.output().startsWith("jrunc-init: this program is started by jrunc"));
    try (Fd image = HelperImage.seal()) {
      assertTrue(Memfd.isSealed(image));
    }
  }
}
