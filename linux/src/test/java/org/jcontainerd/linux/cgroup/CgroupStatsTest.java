package org.jcontainerd.linux.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jcontainerd.linux.fs.DeviceNumber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupStatsTest {
  @TempDir Path tree;

  private void file(String path, String text) throws IOException {
    Path file = tree.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private CgroupHierarchy legacy(String controller) {
    return new CgroupHierarchy(tree.resolve(controller), "/", Set.of(controller), false);
  }

  @Test
  void read_version1_convertsItsUnits() throws IOException {
    file("cpuacct/c/cpuacct.usage", "123456789\n");
    file("cpuacct/c/cpuacct.stat", "user 7\nsystem 5\n");
    file("cpu/c/cpu.stat", "nr_periods 10\nnr_throttled 3\nthrottled_time 4000\n");
    file("memory/c/memory.usage_in_bytes", "1000\n");
    file("memory/c/memory.limit_in_bytes", "5000\n");
    file(
        "memory/c/memory.stat",
        """
        cache 1
        total_cache 300
        total_rss 600
        total_pgfault 11
        total_pgmajfault 2
        total_inactive_file 250
        total_swap 40
        """);
    file("memory/c/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
    file("pids/c/pids.current", "4\n");
    file("pids/c/pids.max", "max\n");
    file(
        "blkio/c/blkio.throttle.io_service_bytes_recursive",
        "254:0 Read 10\n254:0 Write 20\n254:0 Sync 0\n254:0 Total 30\nTotal 30\n");
    file("blkio/c/blkio.throttle.io_serviced_recursive", "254:0 Read 1\n254:0 Write 2\nTotal 3\n");
    var layout =
        new CgroupLayout(
            List.of(
                legacy("cpu"),
                legacy("cpuacct"),
                legacy("memory"),
                legacy("pids"),
                legacy("blkio")));

    CgroupStats stats = CgroupStats.read(layout, "/c");

    assertEquals(
        Optional.of(
            new CpuStats(
                123456789,
                70_000_000,
                50_000_000,
                Optional.of(new CpuStats.Throttling(10, 3, 4000)),
                Optional.empty())),
        stats.cpu());
    MemoryStats memory = stats.memory().orElseThrow();
    assertEquals(750, memory.workingSetBytes());
    assertEquals(OptionalLong.of(4250), memory.availableBytes());
    assertEquals(600, memory.rssBytes());
    assertEquals(300, memory.cacheBytes());
    assertEquals(OptionalLong.of(2), memory.oomKills());
    assertEquals(OptionalLong.of(40), memory.swapBytes());
    assertEquals(11, memory.pageFaults());
    assertEquals(2, memory.majorPageFaults());
    assertEquals(Optional.of(new PidsStats(4, OptionalLong.empty())), stats.pids());
    assertEquals(
        List.of(new IoStats.Device(new DeviceNumber(254, 0), 10, 20, 1, 2)),
        stats.io().orElseThrow().devices());
  }

  @Test
  void read_version1WithoutLimit_hasNone() throws IOException {
    file("memory/c/memory.usage_in_bytes", "1000\n");
    file("memory/c/memory.limit_in_bytes", "9223372036854771712\n");
    file("memory/c/memory.stat", "total_inactive_file 2000\n");
    var layout = new CgroupLayout(List.of(legacy("memory")));
    MemoryStats memory = CgroupStats.memory(layout, "/c").orElseThrow();
    assertEquals(OptionalLong.empty(), memory.limitBytes());
    assertEquals(OptionalLong.empty(), memory.availableBytes());
    assertEquals(0, memory.workingSetBytes());
    assertEquals(OptionalLong.empty(), memory.oomKills());
  }

  @Test
  void read_version2_convertsItsUnits() throws IOException {
    file(
        "c/cpu.stat",
        """
        usage_usec 30
        user_usec 20
        system_usec 10
        nr_periods 1
        nr_throttled 1
        throttled_usec 9
        """);
    file(
        "c/cpu.pressure",
        """
        some avg10=1.50 avg60=0.20 avg300=0.00 total=77
        full avg10=0.00 avg60=0.00 avg300=0.00 total=5
        """);
    file("c/memory.current", "900\n");
    file("c/memory.max", "max\n");
    file("c/memory.swap.current", "8\n");
    file("c/memory.stat", "anon 500\nfile 400\ninactive_file 100\npgfault 3\npgmajfault 1\n");
    file("c/memory.events", "low 0\noom 4\noom_kill 3\n");
    file("c/pids.current", "2\n");
    file("c/pids.max", "100\n");
    file("c/io.stat", "8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n7:0 \n");
    var layout =
        new CgroupLayout(
            List.of(new CgroupHierarchy(tree, "/", Set.of("cpu", "memory", "pids", "io"), true)));

    CgroupStats stats = CgroupStats.read(layout, "/c");

    CpuStats cpu = stats.cpu().orElseThrow();
    assertEquals(30_000, cpu.usageNanos());
    assertEquals(Optional.of(new CpuStats.Throttling(1, 1, 9000)), cpu.throttling());
    assertEquals(
        Optional.of(
            new Pressure(new Pressure.Stall(1.5, 0.2, 0, 77), new Pressure.Stall(0, 0, 0, 5))),
        cpu.pressure());
    MemoryStats memory = stats.memory().orElseThrow();
    assertEquals(800, memory.workingSetBytes());
    assertEquals(OptionalLong.of(3), memory.oomKills());
    assertEquals(OptionalLong.of(8), memory.swapBytes());
    assertEquals(OptionalLong.empty(), memory.limitBytes());
    assertEquals(Optional.of(new PidsStats(2, OptionalLong.of(100))), stats.pids());
    assertEquals(
        List.of(new IoStats.Device(new DeviceNumber(8, 16), 1, 2, 3, 4)),
        stats.io().orElseThrow().devices());
  }

  @Test
  void read_missingCgroup_hasNothing() throws IOException {
    var v1 = new CgroupLayout(List.of(legacy("cpuacct"), legacy("memory"), legacy("blkio")));
    var v2 = new CgroupLayout(List.of(new CgroupHierarchy(tree, "/", Set.of("memory"), true)));
    for (CgroupLayout layout : List.of(v1, v2, new CgroupLayout(List.of()))) {
      assertEquals(
          new CgroupStats(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
          CgroupStats.read(layout, "/gone"));
    }
  }

  @Test
  void read_thisMachine_countsThisProcess() throws IOException {
    CgroupLayout layout = CgroupLayout.detect();
    assertTrue(layout.mode() != CgroupLayout.Mode.NONE, layout::toString);
    int self = (int) ProcessHandle.current().pid();
    assertTrue(layout.ofProcess(self).size() >= 1);
    CpuStats cpu = CgroupStats.cpu(layout, "/").orElseThrow();
    assertTrue(cpu.usageNanos() > 0);
    assertTrue(cpu.userNanos() > 0);
  }
}
