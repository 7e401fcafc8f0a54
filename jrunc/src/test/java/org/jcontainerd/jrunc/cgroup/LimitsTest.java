package org.jcontainerd.jrunc.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.BlockIo;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.HugepageLimit;
import org.jcontainerd.oci.runtime.InterfacePriority;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.NetworkClass;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Rdma;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.ThrottleDevice;
import org.jcontainerd.oci.runtime.WeightDevice;
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

  /** A kernel with CFQ on v1 and without BFQ on v2. */
  private static final LimitFiles FILES = (controller, _) -> controller.equals("blkio");

  private static final LimitFiles BFQ = (_, file) -> file.contains("bfq");

  private static List<String> lines(List<LimitWrite> writes) {
    return writes.stream().map(w -> w.file() + "=" + w.value()).toList();
  }

  @Test
  void legacy_everything_isWritten() throws Exception {
    assertEquals(
        List.of(
            "cpu.idle=0",
            "cpu.shares=1024",
            "cpu.cfs_period_us=100000",
            "cpu.cfs_burst_us=1000",
            "cpu.cfs_quota_us=50000",
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
        lines(LegacyLimits.of(ALL, FILES)));
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
        lines(
            UnifiedLimits.of(ALL.toBuilder().unified(Map.of("memory.high", "1")).build(), FILES)));
  }

  @Test
  void cpuWeight_atTheEdges_staysInRange() {
    assertEquals(1, LimitValues.cpuWeight(1));
    assertEquals(1, LimitValues.cpuWeight(2));
    assertEquals(100, LimitValues.cpuWeight(1024));
    assertEquals(10_000, LimitValues.cpuWeight(262_144));
    assertEquals(10_000, LimitValues.cpuWeight(1L << 40));
    assertEquals(1, LimitValues.ioWeight(10));
    assertEquals(10_000, LimitValues.ioWeight(1000));
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
        lines(LegacyLimits.of(resources, FILES)));
    assertEquals(
        List.of("memory.swap.max=max", "memory.max=max", "pids.max=max"),
        lines(UnifiedLimits.of(resources, FILES)));
  }

  @Test
  void nothing_writesNothing() throws Exception {
    assertEquals(List.of(), LegacyLimits.of(Resources.builder().build(), FILES));
    assertEquals(List.of(), UnifiedLimits.of(Resources.builder().build(), FILES));
  }

  private static Resources memory(Memory.Builder memory) {
    return Resources.builder().memory(memory.build()).build();
  }

  private static Resources cpu(Cpu.Builder cpu) {
    return Resources.builder().cpu(cpu.build()).build();
  }

  private static Resources io(BlockIo.Builder io) {
    return Resources.builder().blockIo(io.build()).build();
  }

  private static Resources unified(String file, String value) {
    return Resources.builder().unified(Map.of(file, value)).build();
  }

  private static void refused(String message, Resources resources) {
    var failure =
        assertThrows(RuncFailure.class, () -> UnifiedLimits.of(resources, FILES), message);
    assertEquals("linux.resources." + message, failure.getMessage());
  }

  private static void refusedByLegacy(String message, Resources resources) {
    var failure = assertThrows(RuncFailure.class, () -> LegacyLimits.of(resources, FILES), message);
    assertEquals("linux.resources." + message, failure.getMessage());
  }

  @Test
  void swap_includesMemoryOnV1_andNotOnV2() throws Exception {
    assertEquals(
        List.of("memory.swap.max=0", "memory.max=100"),
        lines(UnifiedLimits.of(memory(Memory.builder().limit(100L).swap(100L)), FILES)));
    assertEquals(
        List.of("memory.max=100"),
        lines(UnifiedLimits.of(memory(Memory.builder().limit(100L).swap(0L)), FILES)));
    assertEquals(
        List.of("memory.swap.max=max", "memory.max=100"),
        lines(UnifiedLimits.of(memory(Memory.builder().limit(100L).swap(-1L)), FILES)));
    assertEquals(
        List.of("memory.limit_in_bytes=100", "memory.memsw.limit_in_bytes=-1"),
        lines(LegacyLimits.of(memory(Memory.builder().limit(100L).swap(-1L)), FILES)));
    refused("memory.swap: a swap limit needs a memory limit", memory(Memory.builder().swap(9L)));
    refused(
        "memory.swap: is less than the memory limit, which it includes",
        memory(Memory.builder().limit(100L).swap(50L)));
  }

  @Test
  void memory_ofV1Alone_isWrittenThereAndRefusedOnV2() throws Exception {
    Resources swappiness = memory(Memory.builder().swappiness(60L));
    Resources oom = memory(Memory.builder().disableOomKiller(true));
    assertEquals(List.of("memory.swappiness=60"), lines(LegacyLimits.of(swappiness, FILES)));
    assertEquals(List.of("memory.oom_control=1"), lines(LegacyLimits.of(oom, FILES)));
    refused("memory.swappiness: not supported: cgroup v2 has nothing like it", swappiness);
    refused("memory.disableOOMKiller: not supported: cgroup v2 has nothing like it", oom);
    Resources unset = memory(Memory.builder().swappiness(-1L).disableOomKiller(false));
    assertEquals(List.of(), UnifiedLimits.of(unset, FILES));
    refusedByLegacy(
        "memory.swappiness: 101 is not in 0 to 100", memory(Memory.builder().swappiness(101L)));
  }

  @Test
  void memory_thatNoKernelHas_isAWarning() throws Exception {
    Resources old = memory(Memory.builder().kernel(1L).kernelTcp(2L).useHierarchy(false));
    assertEquals(List.of(), LegacyLimits.of(old, FILES));
    assertEquals(List.of(), UnifiedLimits.of(old, FILES));
    assertEquals(
        List.of(
            "linux.resources.memory.kernel and kernelTCP are ignored: kernel memory counts as"
                + " memory, limit that",
            "linux.resources.memory.useHierarchy is ignored: since Linux 5.11 accounting is always"
                + " hierarchical"),
        LimitValues.ignored(old));
    assertEquals(List.of(), LimitValues.ignored(ALL));
  }

  @Test
  void idle_andWeight_areInTheOrderThatTheKernelTakes() throws Exception {
    Resources idles = cpu(Cpu.builder().shares(2048L).idle(1L));
    Resources awakes = cpu(Cpu.builder().shares(2048L).idle(0L));
    assertEquals(List.of("cpu.shares=2048", "cpu.idle=1"), lines(LegacyLimits.of(idles, FILES)));
    assertEquals(List.of("cpu.idle=0", "cpu.shares=2048"), lines(LegacyLimits.of(awakes, FILES)));
    assertEquals(List.of("cpu.weight=174", "cpu.idle=1"), lines(UnifiedLimits.of(idles, FILES)));
    assertEquals(List.of("cpu.idle=0", "cpu.weight=174"), lines(UnifiedLimits.of(awakes, FILES)));
  }

  @Test
  void cpu_periodAlone_keepsTheTimeUnlimited() throws Exception {
    assertEquals(
        List.of("cpu.max=max 50000"),
        lines(UnifiedLimits.of(cpu(Cpu.builder().period(50_000L)), FILES)));
    assertEquals(
        List.of("cpu.max=max 100000"),
        lines(UnifiedLimits.of(cpu(Cpu.builder().quota(-1L)), FILES)));
  }

  @Test
  void cpu_periodOfMoreThanASecond_isRefused() {
    refused("cpu.period: 1000001 us is more than a second", cpu(Cpu.builder().period(1_000_001L)));
    refused(
        "cpu.period: 9223372036854775808 us is more than a second",
        cpu(Cpu.builder().period(Long.MIN_VALUE)));
  }

  @Test
  void cpu_realtime_isOfV1Alone() throws Exception {
    Resources realtime = cpu(Cpu.builder().realtimePeriod(1000L).realtimeRuntime(500L));
    assertEquals(
        List.of("cpu.rt_period_us=1000", "cpu.rt_runtime_us=500"),
        lines(LegacyLimits.of(realtime, FILES)));
    refused("cpu.realtimePeriod: not supported: cgroup v2 has nothing like it", realtime);
    refusedByLegacy("cpu.shares: 1 is not in 2 to 262144", cpu(Cpu.builder().shares(1L)));
  }

  @Test
  void io_weights_goWhereTheSchedulerIs() throws Exception {
    var devices = List.of(new WeightDevice(8, 16, Optional.of(500), Optional.empty()));
    Resources weights = io(BlockIo.builder().weight(100).weightDevice(devices));
    assertEquals(
        List.of("blkio.weight=100", "blkio.weight_device=8:16 500"),
        lines(LegacyLimits.of(weights, FILES)));
    assertEquals(
        List.of("blkio.bfq.weight=100", "blkio.bfq.weight_device=8:16 500"),
        lines(LegacyLimits.of(weights, BFQ)));
    assertEquals(
        List.of("io.weight=910", "io.weight=8:16 4950"), lines(UnifiedLimits.of(weights, FILES)));
    assertEquals(
        List.of("io.bfq.weight=100", "io.bfq.weight=8:16 500"),
        lines(UnifiedLimits.of(weights, BFQ)));
    Resources leaf = io(BlockIo.builder().leafWeight(10));
    assertEquals(List.of("blkio.leaf_weight=10"), lines(LegacyLimits.of(leaf, FILES)));
    refused("blockIO.leafWeight: not supported: cgroup v2 has nothing like it", leaf);
  }

  @Test
  void network_isOfV1Alone() throws Exception {
    var network =
        new NetworkClass(Optional.of(0x10001L), List.of(new InterfacePriority("eth0", 5)));
    Resources resources = Resources.builder().network(network).build();
    assertEquals(
        List.of("net_cls.classid=65537", "net_prio.ifpriomap=eth0 5"),
        lines(LegacyLimits.of(resources, FILES)));
    refused("network.classID: not supported: cgroup v2 has nothing like it", resources);
  }

  @Test
  void rdma_keepsWhatIsNotGiven() throws Exception {
    Resources one =
        Resources.builder()
            .rdma(Map.of("mlx5_1", new Rdma(Optional.of(3L), Optional.empty())))
            .build();
    assertEquals(List.of("rdma.max=mlx5_1 hca_handle=3"), lines(LegacyLimits.of(one, FILES)));
    assertEquals(List.of("rdma.max=mlx5_1 hca_handle=3"), lines(UnifiedLimits.of(one, FILES)));
    refused(
        "rdma['x']: needs hcaHandles or hcaObjects",
        Resources.builder()
            .rdma(Map.of("x", new Rdma(Optional.empty(), Optional.empty())))
            .build());
  }

  @Test
  void pids_none_isOne() throws Exception {
    Resources none = Resources.builder().pids(new Pids(Optional.of(0L))).build();
    assertEquals(List.of("pids.max=1"), lines(LegacyLimits.of(none, FILES)));
    assertEquals(List.of("pids.max=1"), lines(UnifiedLimits.of(none, FILES)));
  }

  @Test
  void unified_isFilesByName_aLineAWrite() throws Exception {
    assertEquals(
        List.of("io.max=8:0 rbps=1", "io.max=8:16 wbps=2"),
        lines(UnifiedLimits.of(unified("io.max", "8:0 rbps=1\n8:16 wbps=2"), FILES)));
    refused("unified['../x.y']: must be a file name, no slashes", unified("../x.y", "1"));
    refused("unified['memory']: must be of the form CONTROLLER.PARAMETER", unified("memory", "1"));
    refusedByLegacy(
        "unified: not supported: this host uses cgroup v1, use the fields of the controllers",
        unified("memory.high", "1"));
  }
}
