package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.DeviceRule;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Resources;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The systemd driver below a real systemd, as the virtual machine has it: what systemd says of the
 * unit (org.freedesktop.systemd1(5)) and what the kernel has in the cgroup agree with the
 * configuration.
 */
@Tag("oci")
class SystemdOciTest {
  private static final long MIB = 1 << 20;
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(
        Files.isDirectory(Path.of("/run/systemd/system")) && Box.isUnified(),
        "systemd does not run here with cgroup v2 alone; it does in the virtual machine");
    runtime = RuntimeUnderTest.open(directory);
  }

  private static String systemctl(String... words) throws Exception {
    var command = new ArrayList<>(List.of("systemctl"));
    command.addAll(Arrays.asList(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor(), String.join(" ", command) + ": " + said);
    return said;
  }

  private static String show(String unit, String property) throws Exception {
    return systemctl("show", "--value", "-p", property, unit);
  }

  private Box box(String cgroupsPath, Resources resources) throws Exception {
    Box box = new Box(runtime, directory).script("sleep 1000");
    return box.linux(l -> l.resources(resources).cgroupsPath(cgroupsPath.replace("ID", box.id())));
  }

  private Box scope(Resources resources) throws Exception {
    return box("system.slice:test:ID", resources);
  }

  private static Resources none() {
    return Resources.builder().build();
  }

  private static String unit(Box box) {
    return "test-" + box.id() + ".scope";
  }

  private RuntimeUnderTest.Result tryCreate(Box box) throws IOException {
    return runtime.runWith(
        Map.of(),
        List.of("--systemd-cgroup"),
        "create",
        "--bundle",
        box.bundle().directory().toString(),
        box.id());
  }

  private Box create(Box box) throws IOException {
    var created = tryCreate(box);
    assertEquals(0, created.code(), created.said());
    return box;
  }

  /** The cgroup that its path names; crun has the container in one below. */
  private String cgroupOf(Box box) throws IOException {
    String line = Files.readString(Path.of("/proc", Integer.toString(box.pid()), "cgroup")).strip();
    assertTrue(line.startsWith("0::"), line);
    String cgroup = line.substring("0::".length());
    if (!runtime.name().equals("crun")) {
      return cgroup;
    }
    assertTrue(cgroup.endsWith("/container"), cgroup);
    return cgroup.substring(0, cgroup.length() - "/container".length());
  }

  private static String file(Box box, String name) throws IOException {
    return Files.readString(CGROUPS.resolve("system.slice").resolve(unit(box)).resolve(name))
        .strip();
  }

  @Test
  void container_isAScope_fromCreateToDelete() throws Exception {
    assumeTrue(!runtime.name().equals("crun"), "crun 1.21 has it in a cgroup below the scope");
    try (Box box = scope(none())) {
      create(box);
      assertEquals("active", show(unit(box), "ActiveState"));
      assertEquals("system.slice", show(unit(box), "Slice"));
      assertEquals("yes", show(unit(box), "Delegate"));
      assertEquals("yes", show(unit(box), "MemoryAccounting"));
      assertEquals("/system.slice/" + unit(box), cgroupOf(box));
      assertEquals(Integer.toString(box.pid()), file(box, "cgroup.procs"));
      box.start();
      assertEquals(0, box.exec(List.of(), "true").code());
      box.verb("pause");
      assertEquals("1", file(box, "cgroup.freeze"));
      box.verb("resume");
      assertEquals(0, box.exec(List.of(), "true").code());
      box.verb("delete", "--force");
      assertEquals("inactive", show(unit(box), "ActiveState"));
      assertEquals("not-found", show(unit(box), "LoadState"));
    }
  }

  @Test
  void limits_areInTheUnitAndInTheCgroup() throws Exception {
    assumeTrue(!runtime.name().equals("crun"), "crun 1.21 counts memory as swap in the unit");
    Resources resources =
        Resources.builder()
            .memory(Memory.builder().limit(64 * MIB).reservation(32 * MIB).swap(96 * MIB).build())
            .cpu(
                Cpu.builder()
                    .shares(262_144L)
                    .quota(25_000L)
                    .period(50_000L)
                    .cpus("0-1")
                    .mems("0")
                    .build())
            .pids(new Pids(Optional.of(77L)))
            .build();
    try (Box box = scope(resources)) {
      String unit = unit(create(box));
      assertEquals(Long.toString(64 * MIB), show(unit, "MemoryMax"));
      assertEquals(Long.toString(32 * MIB), show(unit, "MemoryLow"));
      assertEquals(Long.toString(32 * MIB), show(unit, "MemorySwapMax"));
      assertEquals("10000", show(unit, "CPUWeight"));
      assertEquals("500ms", show(unit, "CPUQuotaPerSecUSec"));
      assertEquals("50ms", show(unit, "CPUQuotaPeriodUSec"));
      assertEquals("0-1", show(unit, "AllowedCPUs"));
      assertEquals("0", show(unit, "AllowedMemoryNodes"));
      assertEquals("77", show(unit, "TasksMax"));
      Map<String, String> files =
          Map.of(
              "memory.max", Long.toString(64 * MIB),
              "memory.low", Long.toString(32 * MIB),
              "memory.swap.max", Long.toString(32 * MIB),
              "cpu.weight", "10000",
              "cpu.max", "25000 50000",
              "cpuset.cpus", "0-1",
              "cpuset.mems", "0",
              "pids.max", "77");
      for (var each : files.entrySet()) {
        assertEquals(each.getValue(), file(box, each.getKey()), each.getKey());
      }
      systemctl("daemon-reload"); // systemd writes again what it knows
      for (var each : files.entrySet()) {
        assertEquals(each.getValue(), file(box, each.getKey()), each.getKey() + " after a reload");
      }
    }
  }

  @Test
  void unified_isInTheUnitWhereSystemdHasAWord() throws Exception {
    Resources resources =
        Resources.builder()
            .unified(
                Map.of(
                    "memory.high", Long.toString(48 * MIB),
                    "memory.min", Long.toString(MIB),
                    "cpu.weight", "77",
                    "pids.max", "66",
                    "memory.oom.group", "1"))
            .build();
    try (Box box = scope(resources)) {
      String unit = unit(create(box));
      assertEquals(Long.toString(48 * MIB), show(unit, "MemoryHigh"));
      assertEquals(Long.toString(MIB), show(unit, "MemoryMin"));
      assertEquals("77", show(unit, "CPUWeight"));
      assertEquals("66", show(unit, "TasksMax"));
      String below = runtime.name().equals("crun") ? "container/" : "";
      assertEquals("1", file(box, below + "memory.oom.group"));
    }
  }

  @Test
  void update_changesUnitAndCgroup_andLastsThroughAReload() throws Exception {
    try (Box box = scope(none())) {
      String unit = unit(create(box).start());
      box.verb("update", "--pids-limit", "55", "--memory", Long.toString(96 * MIB));
      box.verb("update", "--cpu-quota", "20000", "--cpu-period", "100000", "--cpuset-cpus", "0");
      systemctl("daemon-reload");
      assertEquals("55", show(unit, "TasksMax"));
      assertEquals(Long.toString(96 * MIB), show(unit, "MemoryMax"));
      assertEquals("200ms", show(unit, "CPUQuotaPerSecUSec"));
      assertEquals("0", show(unit, "AllowedCPUs"));
      assertEquals("55", file(box, "pids.max"));
      assertEquals(Long.toString(96 * MIB), file(box, "memory.max"));
      assertEquals("20000 100000", file(box, "cpu.max"));
      assertEquals("0", file(box, "cpuset.cpus"));
    }
  }

  @Test
  void annotations_arePropertiesOfTheUnit() throws Exception {
    try (Box box = scope(none())) {
      box.change(s ->
          s.toBuilder()
              .annotations(
                  Map.of(
                      "org.systemd.property.TimeoutStopUSec", "uint64 7000000",
                      "org.systemd.property.CollectMode", "'inactive-or-failed'"))
              .build());
      String unit = unit(create(box));
      assertEquals("7s", show(unit, "TimeoutStopUSec"));
      assertEquals("inactive-or-failed", show(unit, "CollectMode"));
    }
  }

  @Test
  void annotation_inSeconds_isInMicroseconds() throws Exception {
    assumeTrue(!runtime.name().equals("crun"), "crun 1.21 hands the name on as it is");
    try (Box box = scope(none())) {
      box.change(s ->
          s.toBuilder().annotations(Map.of("org.systemd.property.TimeoutStopSec", "7")).build());
      assertEquals("7s", show(unit(create(box)), "TimeoutStopUSec"));
    }
  }

  @Test
  void annotation_thatSystemdDoesNotTake_isRefusedAndLeavesNothing() throws Exception {
    try (Box box = scope(none())) {
      box.change(s ->
          s.toBuilder().annotations(Map.of("org.systemd.property.NoSuchProperty", "'x'")).build());
      var result = tryCreate(box);
      assertNotEquals(0, result.code(), result.said());
      assertTrue(result.stderr().contains("NoSuchProperty"), result.said());
      assertEquals("not-found", show(unit(box), "LoadState"));
      assertNotEquals(0, box.tryVerb("state").code());
    }
  }

  @Test
  void devices_areInTheUnitAndInForce() throws Exception {
    var nothing = new DeviceRule(false, "", Optional.empty(), Optional.empty(), "rwm");
    var fuse = new DeviceRule(true, "c", Optional.of(10L), Optional.of(229L), "rw");
    var loops = new DeviceRule(true, "b", Optional.of(7L), Optional.empty(), "r");
    Resources resources = Resources.builder().devices(List.of(nothing, fuse, loops)).build();
    try (Box box = scope(resources)) {
      String unit = unit(create(box).start());
      assertEquals("strict", show(unit, "DevicePolicy"));
      String allowed = show(unit, "DeviceAllow");
      assertTrue(allowed.contains("/dev/char/10:229 rw"), allowed);
      boolean named = Files.readString(Path.of("/proc/devices")).contains(" loop\n");
      // runc 1.1 leaves out a number without a driver
      if (!runtime.name().equals("runc") || named) {
        assertTrue(allowed.contains("block-7 r") || allowed.contains("block-loop r"), allowed);
      }
      systemctl("daemon-reload");
      String script =
          "cd /tmp; for n in 'zero c 1 5' 'mem c 1 1' 'disk b 254 0'; do mknod $n; done;"
              + " for n in zero mem disk; do (true < $n) && echo $n; done; :";
      var seen = box.exec(List.of("--cap", "CAP_MKNOD"), "sh", "-c", script);
      assertEquals("zero\n", seen.stdout(), seen.said());
      assertTrue(seen.stderr().contains("not permitted"), seen.said());
    }
  }

  @Test
  void cgroupsPath_namesSliceAndUnit() throws Exception {
    try (Box box = box("jruncoci-deep.slice:some:ID", none())) {
      create(box);
      assertEquals(
          "/jruncoci.slice/jruncoci-deep.slice/some-" + box.id() + ".scope", cgroupOf(box));
      assertEquals("jruncoci-deep.slice", show("some-" + box.id() + ".scope", "Slice"));
      box.verb("delete", "--force");
      assertEquals("inactive", show("some-" + box.id() + ".scope", "ActiveState"));
    }
  }

  @Test
  void cgroupsPath_empty_isAScopeOfTheId() throws Exception {
    try (Box box = new Box(runtime, directory).withoutCgroup().script("sleep 1000")) {
      create(box);
      assertEquals("/system.slice/" + runtime.name() + "-" + box.id() + ".scope", cgroupOf(box));
    }
  }

  @Test
  void cgroupsPath_ofCgroupfs_isRefused() throws Exception {
    assumeTrue(!runtime.name().equals("crun"), "crun makes a name of its own from a path");
    try (Box box = box("/some/ID", none())) {
      var result = tryCreate(box);
      assertNotEquals(0, result.code(), result.said());
      if (runtime.isOurs()) {
        assertTrue(result.stderr().contains("is not of the form slice:prefix:name"), result.said());
      }
    }
  }

  @Test
  void unitThatSystemdStops_endsTheContainer() throws Exception {
    try (Box box = scope(none())) {
      box.process(
          p -> p.args(List.of("sh", "-c", "trap 'exit 0' TERM; while sleep 0.1; do :; done")));
      create(box).start();
      systemctl("stop", unit(box));
      box.awaitStatus("stopped");
      box.verb("delete");
      assertEquals("not-found", show(unit(box), "LoadState"));
    }
  }

  @Test
  void containerThatEnded_isDeletedWithItsUnit() throws Exception {
    try (Box box = scope(none())) {
      box.process(p -> p.args(List.of("true")));
      create(box).start().awaitStatus("stopped");
      box.verb("delete");
      assertEquals("not-found", show(unit(box), "LoadState"));
    }
  }

  @Test
  void unitThatIsThere_isNotTakenOver() throws Exception {
    try (Box first = scope(none());
        Box second = scope(none())) {
      create(first);
      second.linux(l -> l.cgroupsPath("system.slice:test:" + first.id()));
      var result = tryCreate(second);
      assertNotEquals(0, result.code(), result.said());
      assertEquals(0, first.tryVerb("state").code());
      assertEquals("active", show(unit(first), "ActiveState"));
    }
  }
}
