package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.runtime.BlockIo;
import org.jcontainerd.oci.runtime.Capabilities;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.DeviceRule;
import org.jcontainerd.oci.runtime.HugepageLimit;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.NetworkClass;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Resources;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits, as the container's cgroup files have them. */
@Tag("oci")
class LimitsOciTest {
  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  private Box box() throws Exception {
    return new Box(runtime, directory);
  }

  private Box limited(String script, Resources resources) throws Exception {
    return box().script(script).linux(l -> l.resources(resources));
  }

  private static void assumeLegacy() {
    assumeFalse(
        Box.isUnified(), "reads files of cgroup v1; UnifiedLimitsOciTest reads those of v2");
  }

  private static final long MIB = 1 << 20;

  @Test
  void limits_areInTheCgroup() throws Exception {
    assumeLegacy();
    Resources resources =
        Resources.builder()
            .memory(Memory.builder().limit(64 * MIB).reservation(32 * MIB).swap(128 * MIB).build())
            .cpu(
                Cpu.builder()
                    .shares(512L)
                    .period(50_000L)
                    .quota(25_000L)
                    .cpus("0")
                    .mems("0")
                    .build())
            .pids(new Pids(Optional.of(77L)))
            .build();
    try (Box box = limited("sleep 100", resources)) {
      box.create();
      assertEquals(Long.toString(64 * MIB), box.limit("memory", "memory.limit_in_bytes"));
      assertEquals(Long.toString(32 * MIB), box.limit("memory", "memory.soft_limit_in_bytes"));
      assertEquals(Long.toString(128 * MIB), box.limit("memory", "memory.memsw.limit_in_bytes"));
      assertEquals("512", box.limit("cpu", "cpu.shares"));
      assertEquals("50000", box.limit("cpu", "cpu.cfs_period_us"));
      assertEquals("25000", box.limit("cpu", "cpu.cfs_quota_us"));
      assertEquals("0", box.limit("cpuset", "cpuset.cpus"));
      assertEquals("77", box.limit("pids", "pids.max"));
      for (String controller :
          List.of("memory", "cpu", "cpuset", "pids", "devices", "freezer", "blkio")) {
        assertEquals(
            Integer.toString(box.pid()), box.limit(controller, "cgroup.procs"), controller);
      }
    }
  }

  @Test
  void limits_memory_isEnforced() throws Exception {
    Resources resources =
        Resources.builder().memory(Memory.builder().limit(8 * MIB).swap(8 * MIB).build()).build();
    try (Box box = limited("dd if=/dev/zero of=/dev/shm/big bs=1M count=40; echo $?", resources)) {
      box.change(s -> s);
      var result = box.tryRun();
      assertFalse(result.stdout().startsWith("0\n"), result.said());
    }
  }

  @Test
  void limits_pids_isEnforced() throws Exception {
    Resources resources = Resources.builder().pids(new Pids(Optional.of(3L))).build();
    try (Box box = limited("sleep 9 & sleep 9 & sleep 9 & sleep 9 & echo all", resources)) {
      var result = box.tryRun();
      assertTrue(result.stderr().contains("fork"), result.said());
    }
  }

  @Test
  void limits_impossible_isRefusedAndLeavesNothing() throws Exception {
    Resources resources = Resources.builder().cpu(Cpu.builder().cpus("4000").build()).build();
    try (Box box = limited("true", resources)) {
      var result = box.tryCreate();
      assertNotEquals(0, result.code(), result.said());
      if (runtime.isOurs()) {
        assertTrue(result.stderr().contains("linux.resources.cpu.cpus"), result.said());
      }
      assertNotEquals(0, box.tryVerb("state").code());
      if (runtime.name().equals("crun")) { // crun 1.8 leaves them
        for (Path cgroup : box.cgroups()) {
          Files.delete(cgroup);
        }
      }
      assertEquals(List.of(), box.cgroups());
    }
  }

  @Test
  void devices_denied_cannotBeOpened() throws Exception {
    DeviceRule none = new DeviceRule(false, "", Optional.empty(), Optional.empty(), "rwm");
    Resources resources = Resources.builder().devices(List.of(none)).build();
    String script =
        "mknod /tmp/fuse c 10 229; true < /tmp/fuse && echo opened; echo x > /dev/null; dd if=/dev/zero bs=1 count=1 2> /dev/null | wc -c";
    List<String> mknod = List.of("CAP_MKNOD");
    var capabilities = new Capabilities(mknod, mknod, List.of(), mknod, List.of());
    try (Box box = limited(script, resources)) {
      box.process(p -> p.capabilities(capabilities));
      var result = box.tryRun();
      assertEquals("1\n", result.stdout(), result.said());
      assertTrue(result.stderr().contains("not permitted"), result.said());
    }
    DeviceRule one = new DeviceRule(true, "c", Optional.of(10L), Optional.of(229L), "rw");
    Resources opened = Resources.builder().devices(List.of(none, one)).build();
    try (Box box = limited(script, opened)) {
      box.process(p -> p.capabilities(capabilities));
      assertEquals("opened\n1\n", box.run(0));
    }
  }

  @Test
  void pause_andResume_followTheFreezer() throws Exception {
    try (Box box = box().script("sleep 100")) {
      box.create().start();
      box.verb("pause");
      assertEquals("paused", box.status());
      if (Box.isUnified()) {
        assertEquals("1", box.unified("cgroup.freeze"));
      } else {
        assertEquals("FROZEN", box.limit("freezer", "freezer.state"));
      }
      if (!runtime.name().equals("crun")) { // crun starts it, to wait
        assertNotEquals(0, box.exec(List.of(), "true").code(), "exec in a paused container");
      }
      box.verb("resume");
      assertEquals("running", box.status());
      assertEquals(0, box.exec(List.of(), "true").code());
      if (!runtime.name().equals("crun")) {
        assertNotEquals(0, box.tryVerb("resume").code());
      }
      box.verb("pause");
      box.verb("delete", "--force");
    }
  }

  @Test
  void update_flags_changeTheLimits() throws Exception {
    assumeLegacy();
    Resources resources =
        Resources.builder().memory(Memory.builder().limit(64 * MIB).swap(64 * MIB).build()).build();
    try (Box box = limited("sleep 100", resources)) {
      box.create().start();
      box.verb(
          "update",
          "--memory",
          Long.toString(96 * MIB),
          "--memory-swap",
          Long.toString(96 * MIB),
          "--cpu-share",
          "300",
          "--pids-limit",
          "55",
          "--cpu-period",
          "100000",
          "--cpu-quota",
          "60000");
      assertEquals(Long.toString(96 * MIB), box.limit("memory", "memory.limit_in_bytes"));
      assertEquals(Long.toString(96 * MIB), box.limit("memory", "memory.memsw.limit_in_bytes"));
      assertEquals("300", box.limit("cpu", "cpu.shares"));
      assertEquals("60000", box.limit("cpu", "cpu.cfs_quota_us"));
      assertEquals("55", box.limit("pids", "pids.max"));
      box.verb(
          "update", "--memory", Long.toString(32 * MIB), "--memory-swap", Long.toString(32 * MIB));
      assertEquals(Long.toString(32 * MIB), box.limit("memory", "memory.memsw.limit_in_bytes"));
    }
  }

  @Test
  void update_resourcesFile_changesTheLimits() throws Exception {
    assumeLegacy();
    try (Box box = box().script("sleep 100")) {
      box.create().start();
      Path file = directory.resolve("resources.json");
      Files.writeString(
          file,
          "{\"memory\":{\"limit\":50331648},\"pids\":{\"limit\":40},\"cpu\":{\"shares\":400,\"cpus\":\"0\"}}");
      box.verb("update", "--resources", file.toString());
      assertEquals("50331648", box.limit("memory", "memory.limit_in_bytes"));
      assertEquals("40", box.limit("pids", "pids.max"));
      assertEquals("400", box.limit("cpu", "cpu.shares"));
      assertEquals("0", box.limit("cpuset", "cpuset.cpus"));
    }
  }

  @Test
  void memory_fieldsOfV1_areInTheCgroup() throws Exception {
    assumeLegacy();
    assumeTrue(!runtime.name().equals("crun"), "crun 1.8 still sets a limit of kernel memory");
    Memory memory =
        Memory.builder()
            .limit(64 * MIB)
            .swap(-1L)
            .swappiness(30L)
            .disableOomKiller(true)
            .kernel(32 * MIB)
            .build();
    try (Box box = limited("sleep 100", Resources.builder().memory(memory).build())) {
      var result = box.tryCreate();
      assertEquals(0, result.code(), result.said());
      if (runtime.isOurs()) {
        assertTrue(
            result.stderr().contains("memory.kernel and kernelTCP are ignored"), result.said());
      }
      String unlimited = Long.toString(Long.MAX_VALUE / 4096 * 4096);
      assertEquals(unlimited, box.limit("memory", "memory.memsw.limit_in_bytes"));
      assertEquals("30", box.limit("memory", "memory.swappiness"));
      assertTrue(box.limit("memory", "memory.oom_control").contains("oom_kill_disable 1"));
    }
  }

  @Test
  void memory_belowItsUse_isRefusedByAnUpdateThatAsks() throws Exception {
    assumeTrue(runtime.isOurs(), "runc 1.1 and crun 1.8 do not know checkBeforeUpdate");
    try (Box box = box().script("sleep 100")) {
      box.create().start();
      Path file = directory.resolve("resources.json");
      Files.writeString(file, "{\"memory\":{\"limit\":4096,\"checkBeforeUpdate\":true}}");
      var result = box.tryVerb("update", "--resources", file.toString());
      assertEquals(1, result.code(), result.said());
      assertTrue(
          result.stderr().contains("rejecting memory limit 4096 because of current usage"),
          result.said());
    }
  }

  @Test
  void cpu_burstAndIdle_areInTheCgroup() throws Exception {
    assumeLegacy();
    assumeTrue(runtime.isOurs(), "runc 1.1 and crun 1.8 do not have both");
    Cpu cpu = Cpu.builder().shares(700L).quota(20_000L).burst(10_000L).idle(1L).build();
    try (Box box = limited("sleep 100", Resources.builder().cpu(cpu).build())) {
      box.create().start();
      assertEquals("10000", box.limit("cpu", "cpu.cfs_burst_us"));
      assertEquals("1", box.limit("cpu", "cpu.idle"));
      box.verb("update", "--cpu-idle", "0", "--cpu-share", "800", "--cpu-burst", "5000");
      assertEquals("0", box.limit("cpu", "cpu.idle"));
      assertEquals("800", box.limit("cpu", "cpu.shares"));
      assertEquals("5000", box.limit("cpu", "cpu.cfs_burst_us"));
    }
  }

  @Test
  void pids_none_isOne() throws Exception {
    assumeLegacy();
    assumeTrue(runtime.isOurs(), "0 has a meaning since runtime-spec 1.3, runc 1.1 ignores it");
    Resources none = Resources.builder().pids(new Pids(Optional.of(0L))).build();
    try (Box box = limited("sleep 100", none)) {
      box.create();
      assertEquals("1", box.limit("pids", "pids.max"));
    }
  }

  @Test
  void hugePages_areInTheTreeThatHasTheController() throws Exception {
    assumeLegacy();
    assumeTrue(runtime.isOurs(), "runc and crun know no controller of the unified tree beside v1");
    Path unified = Path.of("/sys/fs/cgroup/unified");
    assumeTrue(
        Files.readString(unified.resolve("cgroup.controllers")).contains("hugetlb"),
        "this host has no hugetlb controller in the unified tree");
    var limit = new HugepageLimit("2MB", 4 * MIB);
    Resources pages = Resources.builder().hugepageLimits(List.of(limit)).build();
    try (Box box = limited("sleep 100", pages)) {
      box.create();
      Path cgroup = unified.resolve(box.id());
      assertEquals(4 * MIB + "\n", Files.readString(cgroup.resolve("hugetlb.2MB.max")));
      assertEquals(4 * MIB + "\n", Files.readString(cgroup.resolve("hugetlb.2MB.rsvd.max")));
    }
  }

  @Test
  void unified_onV1_isRefused() throws Exception {
    assumeLegacy();
    assumeFalse(runtime.name().equals("crun"), "crun 1.8 refuses it, and leaves the cgroups");
    Resources unified = Resources.builder().unified(Map.of("memory.high", "1")).build();
    try (Box box = limited("true", unified)) {
      var result = box.tryRun();
      assertEquals(1, result.code(), result.said());
      if (runtime.isOurs()) {
        assertTrue(
            result.stderr().contains("linux.resources.unified: not supported: this host uses"),
            result.said());
      }
    }
  }

  @Test
  void network_withoutItsController_isRefusedByName() throws Exception {
    assumeLegacy();
    assumeTrue(runtime.isOurs(), "what the references say without it is not agreed on");
    assumeTrue(
        !Files.exists(Path.of("/sys/fs/cgroup/net_cls")), "this host has the controller net_cls");
    var network = new NetworkClass(Optional.of(0x10001L), List.of());
    try (Box box = limited("true", Resources.builder().network(network).build())) {
      var result = box.tryRun();
      assertEquals(1, result.code(), result.said());
      assertTrue(
          result
              .stderr()
              .contains(
                  "network.classID: not supported: cgroup controller 'net_cls' is not mounted"),
          result.said());
    }
  }

  @Test
  void blockIo_throttle_isInTheCgroup() throws Exception {
    assumeLegacy();
    String device = rootDevice();
    String[] numbers = device.split(":");
    var rate =
        new org.jcontainerd.oci.runtime.ThrottleDevice(
            Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), 1_000_000);
    Resources resources =
        Resources.builder()
            .blockIo(BlockIo.builder().throttleReadBpsDevice(List.of(rate)).build())
            .build();
    try (Box box = limited("sleep 100", resources)) {
      box.create();
      assertEquals(device + " 1000000", box.limit("blkio", "blkio.throttle.read_bps_device"));
    }
  }

  private static String rootDevice() throws Exception {
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      String[] fields = line.split(" ");
      if (fields[4].equals("/")) {
        return fields[2];
      }
    }
    throw new AssertionError("no root mount");
  }
}
