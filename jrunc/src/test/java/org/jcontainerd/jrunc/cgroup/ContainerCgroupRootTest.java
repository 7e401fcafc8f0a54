package org.jcontainerd.jrunc.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.cgroup.CgroupHierarchy;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.cgroup.DevicePrograms;
import org.jcontainerd.oci.runtime.DeviceRule;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Resources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Cgroups of this machine; its unified tree as if there were nothing else. */
@Tag("root")
class ContainerCgroupRootTest {
  private static final String NAME = "container-cgroup-test";

  private final List<ContainerCgroup> made = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  @AfterEach
  void delete() throws Exception {
    for (ContainerCgroup cgroup : made) {
      cgroup.signalAll(Signal.SIGKILL);
      cgroup.delete();
    }
  }

  private ContainerCgroup make(CgroupLayout layout) throws Exception {
    Map<String, Path> places =
        CgroupPlacement.of(layout, Map.of(), Path.of("/" + NAME), Resources.builder().build());
    var cgroup = new ContainerCgroup(layout, places);
    made.add(cgroup);
    cgroup.create();
    return cgroup;
  }

  private static CgroupHierarchy tree() throws Exception {
    return CgroupLayout.detect().unified().orElseThrow();
  }

  private ContainerCgroup unified() throws Exception {
    return make(new CgroupLayout(List.of(tree())));
  }

  private static Path directory(ContainerCgroup cgroup) {
    return cgroup.directories().values().iterator().next();
  }

  private static Process start(Path directory, String script) throws Exception {
    return new ProcessBuilder("sh", "-c", "echo 0 > " + directory + "/cgroup.procs; " + script)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static DeviceRule rule(boolean allow, String type, long major, long minor) {
    return new DeviceRule(allow, type, Optional.of(major), Optional.of(minor), "rwm");
  }

  @Test
  void apply_deviceRulesOnV2_areAProgramThatAnUpdateReplaces() throws Exception {
    ContainerCgroup cgroup = unified();
    String open = ": < /dev/kmsg; echo $?; : < /dev/zero; echo $?";
    cgroup.apply(Resources.builder().build(), true, warnings::add);
    assertEquals(List.of("jrunc_devices"), DevicePrograms.names(directory(cgroup)));
    assertEquals("2\n0\n", output(directory(cgroup), open), "only the default devices");
    Resources kmsg = Resources.builder().devices(List.of(rule(true, "c", 1, 11))).build();
    cgroup.apply(kmsg, false, warnings::add);
    assertEquals(List.of("jrunc_devices"), DevicePrograms.names(directory(cgroup)));
    assertEquals("0\n0\n", output(directory(cgroup), open));
    cgroup.apply(Resources.builder().build(), false, warnings::add);
    assertEquals("0\n0\n", output(directory(cgroup), open), "an update without rules keeps them");
  }

  /** Each in a subshell: a refused redirection ends a shell. */
  private static String output(Path directory, String script) throws Exception {
    String apart = script.replaceAll("(: < [a-z/]+)", "($1)");
    Process process = start(directory, apart);
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    return text.replaceAll("[1-9][0-9]*\n", "2\n");
  }

  @Test
  void apply_limitWithoutItsController_namesBoth() throws Exception {
    ContainerCgroup cgroup = unified();
    assumeFalse(
        tree().controllers().contains("memory"),
        "cgroup v2 of this host has the memory controller; that of a hybrid host has none");
    var memory = Resources.builder().memory(Memory.builder().limit(1L << 30).build()).build();
    var failure =
        assertThrows(
            RuncFailure.NotSupported.class, () -> cgroup.apply(memory, false, warnings::add));
    assertEquals(
        "linux.resources.memory.limit: not supported: cgroup controller 'memory' is not available"
            + " in '"
            + directory(cgroup)
            + "'; enable it in cgroup.subtree_control of the directories above",
        failure.getMessage());
    var unknown = Resources.builder().unified(Map.of("cgroup.nothing", "1")).build();
    var missing =
        assertThrows(RuncFailure.Failed.class, () -> cgroup.apply(unknown, false, warnings::add));
    assertTrue(
        missing.getMessage().startsWith("set linux.resources.unified['cgroup.nothing']: openat("),
        missing::getMessage);
  }

  @Test
  void apply_unifiedFile_isWritten() throws Exception {
    ContainerCgroup cgroup = unified();
    var depth = Resources.builder().unified(Map.of("cgroup.max.depth", "7")).build();
    cgroup.apply(depth, false, warnings::add);
    assertEquals("7\n", Files.readString(directory(cgroup).resolve("cgroup.max.depth")));
  }

  @Test
  void apply_fieldsThatNoKernelHas_warns() throws Exception {
    ContainerCgroup cgroup = unified();
    var kernel = Resources.builder().memory(Memory.builder().kernel(1L).build()).build();
    cgroup.apply(kernel, false, warnings::add);
    assertEquals(1, warnings.size(), warnings::toString);
  }

  @Test
  void own_givesAwayOnlyWhatIsDelegated() throws Exception {
    ContainerCgroup cgroup = unified();
    cgroup.own(4242);
    Path directory = directory(cgroup);
    for (String given : List.of("", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads")) {
      assertEquals(4242, Files.getAttribute(directory.resolve(given), "unix:uid"), given);
    }
    for (String kept : List.of("cgroup.max.depth", "cgroup.freeze", "cgroup.kill")) {
      assertEquals(0, Files.getAttribute(directory.resolve(kept), "unix:uid"), kept);
    }
  }

  @Test
  void freeze_onV2_stopsAndContinues() throws Exception {
    ContainerCgroup cgroup = unified();
    Process process = start(directory(cgroup), "echo in; exec sleep 100");
    assertEquals('i', process.getInputStream().read());
    cgroup.freeze(true);
    assertTrue(cgroup.isFrozen());
    cgroup.freeze(false);
    assertFalse(cgroup.isFrozen());
    cgroup.signalAll(Signal.SIGKILL);
    assertEquals(137, process.waitFor());
  }

  @Test
  void kill_onV2WhileFrozen_endsAllAtOnce() throws Exception {
    ContainerCgroup cgroup = unified();
    Process process = start(directory(cgroup), "sleep 100 & echo in; wait");
    assertEquals('i', process.getInputStream().read());
    cgroup.freeze(true);
    cgroup.signalAll(Signal.SIGKILL);
    assertEquals(137, process.waitFor());
  }

  /** Chains of processes that each fork one more and end: one pass over them misses some. */
  @Test
  void kill_onV1OfForkingProcesses_leavesNone() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/sys/fs/cgroup/pids")), "this host has no cgroup v1");
    ContainerCgroup cgroup = make(CgroupLayout.detect());
    Path pids = cgroup.directories().get("/sys/fs/cgroup/pids");
    String devices = cgroup.directories().get("/sys/fs/cgroup/devices") + "/cgroup.procs";
    String chains = "f() { sleep 0.002; f & }; for i in 1 2 3 4 5 6 7 8; do f & done; ";
    Process process =
        start(pids, "echo 0 > " + devices + "; " + chains + "echo in; exec sleep 100");
    assertEquals('i', process.getInputStream().read());
    cgroup.signalAll(Signal.SIGKILL);
    assertEquals(137, process.waitFor());
    cgroup.delete(); // waits for those that are on their way out, and fails if one lives
    made.remove(cgroup);
  }
}
