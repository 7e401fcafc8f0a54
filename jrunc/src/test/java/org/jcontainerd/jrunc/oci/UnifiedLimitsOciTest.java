package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.runtime.BlockIo;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.HugepageLimit;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.ThrottleDevice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits where cgroup v2 is alone (kernel, cgroup-v2.rst), as {@code bin/test --vm} has it. */
@Tag("oci")
class UnifiedLimitsOciTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(
        Box.isUnified(), "this host has cgroup v1: bin/test --vm has a machine with v2 alone");
    runtime = RuntimeUnderTest.open(directory);
  }

  private Box limited(Resources resources) throws Exception {
    return new Box(runtime, directory).script("sleep 100").linux(l -> l.resources(resources));
  }

  @Test
  void limits_areInTheCgroup() throws Exception {
    Resources resources =
        Resources.builder()
            .memory(Memory.builder().limit(64 * MIB).reservation(32 * MIB).swap(128 * MIB).build())
            .cpu(Cpu.builder().period(50_000L).quota(25_000L).cpus("0").mems("0").build())
            .pids(new Pids(Optional.of(77L)))
            .unified(Map.of("memory.high", Long.toString(48 * MIB)))
            .build();
    try (Box box = limited(resources)) {
      box.create();
      assertEquals(Long.toString(64 * MIB), box.unified("memory.max"));
      assertEquals(Long.toString(32 * MIB), box.unified("memory.low"));
      assertEquals(Long.toString(64 * MIB), box.unified("memory.swap.max"));
      assertEquals(Long.toString(48 * MIB), box.unified("memory.high"));
      assertEquals("25000 50000", box.unified("cpu.max"));
      assertEquals("0", box.unified("cpuset.cpus"));
      assertEquals("0", box.unified("cpuset.mems"));
      assertEquals("77", box.unified("pids.max"));
      assertEquals(Integer.toString(box.pid()), box.unified("cgroup.procs"));
    }
  }

  @Test
  void update_flags_changeTheLimits() throws Exception {
    Resources resources =
        Resources.builder().memory(Memory.builder().limit(64 * MIB).swap(64 * MIB).build()).build();
    try (Box box = limited(resources)) {
      box.create().start();
      String limit = Long.toString(96 * MIB);
      box.verb("update", "--memory", limit, "--memory-swap", limit, "--pids-limit", "55");
      box.verb("update", "--cpu-period", "100000", "--cpu-quota", "60000");
      assertEquals(limit, box.unified("memory.max"));
      assertEquals("0", box.unified("memory.swap.max"));
      assertEquals("55", box.unified("pids.max"));
      assertEquals("60000 100000", box.unified("cpu.max"));
    }
  }

  @Test
  void update_resourcesFile_changesTheLimits() throws Exception {
    try (Box box = limited(Resources.builder().build())) {
      box.create().start();
      Path file = directory.resolve("resources.json");
      Files.writeString(
          file,
          "{\"memory\":{\"limit\":50331648},\"pids\":{\"limit\":40},\"cpu\":{\"cpus\":\"0\"}}");
      box.verb("update", "--resources", file.toString());
      assertEquals("50331648", box.unified("memory.max"));
      assertEquals("40", box.unified("pids.max"));
      assertEquals("0", box.unified("cpuset.cpus"));
    }
  }

  /**
   * The kernel's default for the one, 1024, is that for the other, 100. The guest's runc and crun
   * are older than that formula (runc 1.3.3, crun 1.23) and spread 2 to 262144 evenly.
   */
  @ParameterizedTest
  @CsvSource({"2, 1, 1", "512, 59, 20", "1024, 100, 39", "4096, 303, 157", "262144, 10000, 10000"})
  void cpuShares_areAWeight(long shares, String weight, String evenly) throws Exception {
    try (Box box = limited(Resources.builder().cpu(Cpu.builder().shares(shares).build()).build())) {
      box.create();
      assertEquals(runtime.isOurs() ? weight : evenly, box.unified("cpu.weight"));
    }
  }

  @Test
  void cpuBurst_andIdle_areInTheCgroup() throws Exception {
    assumeTrue(!runtime.name().equals("runc"), "runc 1.1 knows neither");
    Cpu burst = Cpu.builder().period(100_000L).quota(50_000L).burst(20_000L).build();
    try (Box box = limited(Resources.builder().cpu(burst).build())) {
      box.create().start();
      assertEquals("50000 100000", box.unified("cpu.max"));
      assertEquals("20000", box.unified("cpu.max.burst"));
    }
    try (Box box = limited(Resources.builder().cpu(Cpu.builder().idle(1L).build()).build())) {
      box.create().start();
      assertEquals("1", box.unified("cpu.idle"));
    }
  }

  @Test
  void cpuIdle_isTakenBackWithAWeight() throws Exception {
    assumeTrue(
        runtime.isOurs(), "runc 1.1 does not know it, crun 1.21 writes the refused weight first");
    try (Box box = limited(Resources.builder().cpu(Cpu.builder().idle(1L).build()).build())) {
      box.create().start();
      box.verb("update", "--resources", file("{\"cpu\":{\"idle\":0,\"shares\":1024}}"));
      assertEquals("0", box.unified("cpu.idle"));
      assertEquals("100", box.unified("cpu.weight"));
    }
  }

  @Test
  void blockIo_isInTheCgroup() throws Exception {
    long[] disk = rootDevice();
    var rates = List.of(new ThrottleDevice(disk[0], disk[1], 1_000_000));
    var operations = List.of(new ThrottleDevice(disk[0], disk[1], 500));
    BlockIo io =
        BlockIo.builder()
            .weight(500)
            .throttleReadBpsDevice(rates)
            .throttleWriteBpsDevice(rates)
            .throttleReadIopsDevice(operations)
            .throttleWriteIopsDevice(operations)
            .build();
    try (Box box = limited(Resources.builder().blockIo(io).build())) {
      box.create();
      assertEquals(
          disk[0] + ":" + disk[1] + " rbps=1000000 wbps=1000000 riops=500 wiops=500",
          box.unified("io.max"));
      // the same scale as v1's where BFQ is loaded, else 10 to 1000 spread over 1 to 10000
      boolean bfq = Files.exists(box.unifiedFile("io.bfq.weight"));
      assertEquals(
          bfq ? "default 500" : "default 4950", box.unified(bfq ? "io.bfq.weight" : "io.weight"));
    }
  }

  @Test
  void hugePages_areLimitedWithTheirReservations() throws Exception {
    var pages = List.of(new HugepageLimit("2MB", 4 * MIB));
    try (Box box = limited(Resources.builder().hugepageLimits(pages).build())) {
      box.create();
      assertEquals(Long.toString(4 * MIB), box.unified("hugetlb.2MB.max"));
      // crun 1.21 leaves reservations alone
      String reserved = runtime.name().equals("crun") ? "max" : Long.toString(4 * MIB);
      assertEquals(reserved, box.unified("hugetlb.2MB.rsvd.max"));
    }
  }

  @Test
  void memory_unlimited_isMax() throws Exception {
    Memory memory = Memory.builder().limit(64 * MIB).swap(-1L).build();
    try (Box box = limited(Resources.builder().memory(memory).build())) {
      box.create().start();
      assertEquals("max", box.unified("memory.swap.max"));
      box.verb("update", "--memory", "-1");
      assertEquals("max", box.unified("memory.max"));
    }
  }

  @Test
  void memory_isEnforced() throws Exception {
    Memory memory = Memory.builder().limit(8 * MIB).swap(8 * MIB).build();
    try (Box box =
        new Box(runtime, directory)
            .script("dd if=/dev/zero of=/dev/shm/big bs=1M count=40; echo $?")
            .linux(l -> l.resources(Resources.builder().memory(memory).build()))) {
      var result = box.tryRun();
      assertFalse(result.stdout().startsWith("0\n"), result.said());
    }
  }

  @Test
  void memory_belowItsUse_isRefusedByAnUpdateThatAsks() throws Exception {
    assumeTrue(runtime.isOurs(), "runc 1.1 and crun 1.21 do not say it alike");
    try (Box box = limited(Resources.builder().build())) {
      box.create().start();
      String file = file("{\"memory\":{\"limit\":4096,\"checkBeforeUpdate\":true}}");
      var result = box.tryVerb("update", "--resources", file);
      assertEquals(1, result.code(), result.said());
      assertTrue(
          result.stderr().contains("rejecting memory limit 4096 because of current usage"),
          result.said());
    }
  }

  @Test
  void unified_isAnyFile_aLineAWrite() throws Exception {
    long[] disk = rootDevice();
    String device = disk[0] + ":" + disk[1];
    boolean lines = !runtime.name().equals("runc"); // runc 1.1 writes all of them at once
    String more = lines ? "\n" + device + " wiops=300" : "";
    Resources files =
        Resources.builder()
            .unified(
                Map.of(
                    "memory.oom.group", "1",
                    "memory.min", "1048576",
                    "cpu.weight", "77",
                    "cgroup.max.depth", "5",
                    "io.max", device + " rbps=2000000" + more,
                    "hugetlb.2MB.max", "2097152"))
            .build();
    try (Box box = limited(files)) {
      box.create();
      assertEquals("1", box.unified("memory.oom.group"));
      assertEquals("1048576", box.unified("memory.min"));
      assertEquals("77", box.unified("cpu.weight"));
      assertEquals("5", box.unified("cgroup.max.depth"));
      assertEquals(
          device + " rbps=2000000 wbps=max riops=max wiops=" + (lines ? "300" : "max"),
          box.unified("io.max"));
      assertEquals("2097152", box.unified("hugetlb.2MB.max"));
    }
  }

  @Test
  void unified_ofAMissingFile_isRefusedAndLeavesNothing() throws Exception {
    for (String file : List.of("memory.no.such.file", "nothing.max")) {
      Resources unified = Resources.builder().unified(Map.of(file, "1")).build();
      try (Box box = limited(unified)) {
        var result = box.tryCreate();
        assertNotEquals(0, result.code(), result.said());
        assertTrue(result.stderr().contains(file.substring(0, file.indexOf('.'))), result.said());
        assertNotEquals(0, box.tryVerb("state").code());
      }
    }
  }

  /** config-linux.md, "Unified": what cannot be converted is an error. */
  @Test
  void fieldsOfV1Alone_areRefusedByName() throws Exception {
    assumeTrue(runtime.isOurs(), "runc leaves them out silently, crun says it in other words");
    Map<String, Resources> refused =
        Map.of(
            "memory.swappiness",
            Resources.builder().memory(Memory.builder().swappiness(30L).build()).build(),
            "memory.disableOOMKiller",
            Resources.builder().memory(Memory.builder().disableOomKiller(true).build()).build(),
            "cpu.realtimePeriod",
            Resources.builder().cpu(Cpu.builder().realtimePeriod(1_000_000L).build()).build());
    for (var each : refused.entrySet()) {
      try (Box box = limited(each.getValue())) {
        var result = box.tryCreate();
        assertEquals(1, result.code(), result.said());
        assertTrue(
            result
                .stderr()
                .contains(
                    "linux.resources." + each.getKey() + ": not supported: cgroup v2 has nothing"),
            result.said());
      }
    }
  }

  @Test
  void pids_none_isOne() throws Exception {
    assumeTrue(runtime.isOurs(), "0 has a meaning since runtime-spec 1.3; the guest's are older");
    Resources none = Resources.builder().pids(new Pids(Optional.of(0L))).build();
    try (Box box = limited(none)) {
      box.create();
      assertEquals("1", box.unified("pids.max"));
    }
  }

  @Test
  void cgroup_isRemovedWithWhatTheContainerMadeBelowIt() throws Exception {
    try (Box box =
        limited(Resources.builder().build())
            .mounting(Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev"))
            .namespaces("pid", "ipc", "uts", "network", "cgroup")) {
      box.create().start();
      String below = "/sys/fs/cgroup/a/b";
      String script =
          "mkdir -p %1$s; sleep 100 > /dev/null & echo $! > %1$s/cgroup.procs".formatted(below);
      var made = box.exec(List.of(), "sh", "-c", script);
      assertEquals(0, made.code(), made.said());
      assertTrue(Files.isDirectory(box.unifiedFile("a/b")));
      if (!runtime.name().equals("runc")) { // of an exec by runc 1.1 no process stays there
        assertNotEquals("", box.unified("a/b/cgroup.procs"));
      }
      box.verb("delete", "--force");
      assertFalse(Files.exists(box.unifiedFile("")));
    }
  }

  private String file(String json) throws IOException {
    return Files.writeString(directory.resolve("resources.json"), json).toString();
  }

  /** Major and minor number of the disk that the root is on. */
  private static long[] rootDevice() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      String[] fields = line.split(" ");
      if (fields[4].equals("/")) {
        return Arrays.stream(fields[2].split(":")).mapToLong(Long::parseLong).toArray();
      }
    }
    throw new IOException("no root mount");
  }
}
