package org.jcontainerd.jrunc.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.BlockIo;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.DeviceRule;
import org.jcontainerd.oci.runtime.HugepageLimit;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.ThrottleDevice;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final Resources ALL =
      Resources.builder()
          .cpu(
              Cpu.builder()
                  .shares(1024L)
                  .quota(50_000L)
                  .period(100_000L)
                  .burst(1000L)
                  .cpus("0-1")
                  .mems("0")
                  .idle(0L)
                  .build())
          .memory(Memory.builder().limit(100L).swap(150L).reservation(50L).build())
          .pids(new Pids(Optional.of(10L)))
          .blockIo(
              BlockIo.builder()
                  .weight(500)
                  .throttleWriteIopsDevice(List.of(new ThrottleDevice(8, 0, 77)))
                  .build())
          .hugepageLimits(List.of(new HugepageLimit("2MB", 4096)))
          .build();

  private static List<String> lines(List<LimitWrite> writes) {
    return writes.stream().map(w -> w.file() + "=" + w.value()).toList();
  }

  @Test
  void legacy_everything_isWritten() throws Exception {
    assertEquals(
        List.of(
            "cpu.shares=1024",
            "cpu.cfs_period_us=100000",
            "cpu.cfs_burst_us=1000",
            "cpu.cfs_quota_us=50000",
            "cpu.idle=0",
            "cpuset.cpus=0-1",
            "cpuset.mems=0",
            "memory.limit_in_bytes=100",
            "memory.memsw.limit_in_bytes=150",
            "memory.soft_limit_in_bytes=50",
            "pids.max=10",
            "blkio.weight=500",
            "blkio.throttle.write_iops_device=8:0 77",
            "hugetlb.2MB.limit_in_bytes=4096",
            "hugetlb.2MB.rsvd.limit_in_bytes=4096"),
        lines(LegacyLimits.of(ALL)));
  }

  @Test
  void unified_everything_isConverted() throws Exception {
    assertEquals(
        List.of(
            "cpu.idle=0",
            "cpu.weight=100",
            "cpu.max.burst=1000",
            "cpu.max=50000 100000",
            "cpuset.cpus=0-1",
            "cpuset.mems=0",
            "memory.swap.max=50",
            "memory.max=100",
            "memory.low=50",
            "pids.max=10",
            "io.weight=4950",
            "io.max=8:0 wiops=77",
            "hugetlb.2MB.max=4096",
            "hugetlb.2MB.rsvd.max=4096",
            "memory.high=1"),
        lines(UnifiedLimits.of(ALL.toBuilder().unified(Map.of("memory.high", "1")).build())));
  }

  @Test
  void cpuWeight_atTheEdges_staysInRange() {
    assertEquals(1, UnifiedLimits.cpuWeight(1));
    assertEquals(1, UnifiedLimits.cpuWeight(2));
    assertEquals(100, UnifiedLimits.cpuWeight(1024));
    assertEquals(10_000, UnifiedLimits.cpuWeight(262_144));
    assertEquals(10_000, UnifiedLimits.cpuWeight(1L << 40));
    assertEquals(1, UnifiedLimits.ioWeight(10));
    assertEquals(10_000, UnifiedLimits.ioWeight(1000));
  }

  @Test
  void unlimited_isMinusOneOrMax() throws Exception {
    var resources =
        Resources.builder()
            .memory(Memory.builder().limit(-1L).build())
            .pids(new Pids(Optional.of(-1L)))
            .build();
    assertEquals(
        List.of("memory.limit_in_bytes=-1", "memory.memsw.limit_in_bytes=-1", "pids.max=max"),
        lines(LegacyLimits.of(resources)));
    assertEquals(
        List.of("memory.swap.max=max", "memory.max=max", "pids.max=max"),
        lines(UnifiedLimits.of(resources)));
  }

  @Test
  void nothing_writesNothing() throws Exception {
    assertEquals(List.of(), LegacyLimits.of(Resources.builder().build()));
    assertEquals(List.of(), UnifiedLimits.of(Resources.builder().build()));
  }

  @Test
  void impossible_isRefused() {
    var swap = Resources.builder().memory(Memory.builder().limit(100L).swap(50L).build()).build();
    assertThrows(RuncFailure.InvalidArgument.class, () -> UnifiedLimits.of(swap));
    var swappiness = Resources.builder().memory(Memory.builder().swappiness(101L).build()).build();
    assertThrows(RuncFailure.InvalidArgument.class, () -> LegacyLimits.of(swappiness));
    var unified = Resources.builder().unified(Map.of("memory.high", "1")).build();
    assertThrows(RuncFailure.NotSupported.class, () -> LegacyLimits.of(unified));
    var outside = Resources.builder().unified(Map.of("../x", "1")).build();
    assertThrows(RuncFailure.InvalidArgument.class, () -> UnifiedLimits.of(outside));
  }

  @Test
  void deviceRules_areLinesOfTheKernel() throws Exception {
    var none = new DeviceRule(false, "", Optional.empty(), Optional.empty(), "rwm");
    var fuse = new DeviceRule(true, "c", Optional.of(10L), Optional.of(229L), "rw");
    var all = DeviceRules.all(List.of(none, fuse), List.of());
    assertEquals("a", DeviceRules.line(all.get(0)));
    assertEquals("c 10:229 rw", DeviceRules.line(all.get(1)));
    assertEquals("c *:* m", DeviceRules.line(all.get(2)));
    assertEquals(13, all.size());
    var wrong = new DeviceRule(true, "x", Optional.empty(), Optional.empty(), "rw");
    assertThrows(
        RuncFailure.InvalidArgument.class, () -> DeviceRules.all(List.of(wrong), List.of()));
  }
}
