package org.jcontainerd.daemon.stats;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.api.cri.v1.ContainerAttributes;
import org.jcontainerd.api.cri.v1.ContainerStats;
import org.jcontainerd.api.cri.v1.CpuUsage;
import org.jcontainerd.api.cri.v1.FilesystemIdentifier;
import org.jcontainerd.api.cri.v1.FilesystemUsage;
import org.jcontainerd.api.cri.v1.IoUsage;
import org.jcontainerd.api.cri.v1.LinuxPodSandboxStats;
import org.jcontainerd.api.cri.v1.MemoryUsage;
import org.jcontainerd.api.cri.v1.PodSandboxAttributes;
import org.jcontainerd.api.cri.v1.PodSandboxStats;
import org.jcontainerd.api.cri.v1.ProcessUsage;
import org.jcontainerd.api.cri.v1.PsiData;
import org.jcontainerd.api.cri.v1.PsiStats;
import org.jcontainerd.api.cri.v1.SwapUsage;
import org.jcontainerd.api.cri.v1.UInt64Value;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.sandbox.SandboxState;
import org.jcontainerd.linux.cgroup.CgroupStats;
import org.jcontainerd.linux.cgroup.CpuStats;
import org.jcontainerd.linux.cgroup.MemoryStats;
import org.jcontainerd.linux.cgroup.Pressure;

/** Statistics of containers and pods in the words of CRI. Thread-safe. */
public final class StatsReader {
  private final Registry<Container> containers;
  private final CgroupReader cgroups;
  private final WritableLayers layers;
  private final Path snapshots;
  private final Clock clock;
  private final CpuRates rates = new CpuRates();

  /**
   * @param snapshots the directory whose file system holds the writable layers
   */
  public StatsReader(
      Registry<Container> containers,
      CgroupReader cgroups,
      WritableLayers layers,
      Path snapshots,
      Clock clock) {
    this.containers = containers;
    this.cgroups = cgroups;
    this.layers = layers;
    this.snapshots = snapshots;
    this.clock = clock;
  }

  /** One container; parts that are not counted are absent. */
  public ContainerStats of(Container container) throws IOException {
    CgroupStats usage = cgroups.read(container.cgroupPath());
    long now = now();
    var config = container.config();
    var stats =
        ContainerStats.newBuilder()
            .setAttributes(
                ContainerAttributes.newBuilder()
                    .setId(container.id())
                    .setMetadata(config.getMetadata())
                    .putAllLabels(config.getLabelsMap())
                    .putAllAnnotations(config.getAnnotationsMap()));
    usage.cpu().ifPresent(cpu -> stats.setCpu(cpu(container.id(), cpu, now)));
    usage
        .memory()
        .ifPresent(memory -> stats.setMemory(memory(memory, now)).setSwap(swap(memory, now)));
    usage
        .io()
        .flatMap(io -> io.pressure())
        .ifPresent(p -> stats.setIo(IoUsage.newBuilder().setTimestamp(now).setPsi(psi(p))));
    layers.of(container.id()).ifPresent(count -> stats.setWritableLayer(layer(count)));
    return stats.build();
  }

  /** The pod: its own cgroup where kubelet made one, else the sum of its containers. */
  public PodSandboxStats of(Sandbox sandbox) throws IOException {
    var each = new ArrayList<ContainerStats>();
    long processes = 0;
    for (Container c : containers.all()) {
      if (c.sandboxId().equals(sandbox.id()) && c.running().isPresent()) {
        each.add(of(c));
        processes += cgroups.read(c.cgroupPath()).pids().map(p -> p.current()).orElse(0L);
      }
    }
    long now = now();
    var linux = LinuxPodSandboxStats.newBuilder().addAllContainers(each);
    String parent = sandbox.config().getLinux().getCgroupParent();
    CgroupStats pod = parent.isEmpty() ? none() : cgroups.read(parent);
    linux.setCpu(
        pod.cpu().map(cpu -> cpu(sandbox.id(), cpu, now)).orElseGet(() -> sumCpu(each, now)));
    linux.setMemory(pod.memory().map(m -> memory(m, now)).orElseGet(() -> sumMemory(each, now)));
    linux.setProcess(
        ProcessUsage.newBuilder()
            .setTimestamp(now)
            .setProcessCount(value(pod.pids().map(p -> p.current()).orElse(processes))));
    if (sandbox.state() instanceof SandboxState.Ready(long pid) && !sandbox.hostNetwork()) {
      NetworkCounters.read(pid, now).ifPresent(linux::setNetwork);
    }
    return PodSandboxStats.newBuilder()
        .setAttributes(
            PodSandboxAttributes.newBuilder()
                .setId(sandbox.id())
                .setMetadata(sandbox.config().getMetadata())
                .putAllLabels(sandbox.config().getLabelsMap())
                .putAllAnnotations(sandbox.config().getAnnotationsMap()))
        .setLinux(linux)
        .build();
  }

  /** The container or pod is gone. */
  public void forget(String id) {
    rates.forget(id);
    layers.forget(id);
  }

  private static CgroupStats none() {
    return new CgroupStats(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private CpuUsage cpu(String id, CpuStats cpu, long now) {
    var usage =
        CpuUsage.newBuilder().setTimestamp(now).setUsageCoreNanoSeconds(value(cpu.usageNanos()));
    rates.rate(id, now, cpu.usageNanos()).ifPresent(r -> usage.setUsageNanoCores(value(r)));
    cpu.pressure().ifPresent(p -> usage.setPsi(psi(p)));
    return usage.build();
  }

  private static MemoryUsage memory(MemoryStats memory, long now) {
    var usage =
        MemoryUsage.newBuilder()
            .setTimestamp(now)
            .setWorkingSetBytes(value(memory.workingSetBytes()))
            .setUsageBytes(value(memory.usageBytes()))
            .setRssBytes(value(memory.rssBytes()))
            .setPageFaults(value(memory.pageFaults()))
            .setMajorPageFaults(value(memory.majorPageFaults()));
    memory.availableBytes().ifPresent(b -> usage.setAvailableBytes(value(b)));
    memory.pressure().ifPresent(p -> usage.setPsi(psi(p)));
    return usage.build();
  }

  private static SwapUsage swap(MemoryStats memory, long now) {
    var usage = SwapUsage.newBuilder().setTimestamp(now);
    memory.swapBytes().ifPresent(b -> usage.setSwapUsageBytes(value(b)));
    return usage.build();
  }

  private FilesystemUsage layer(WritableLayers.Count count) {
    return FilesystemUsage.newBuilder()
        .setTimestamp(nanos(count.at()))
        .setFsId(FilesystemIdentifier.newBuilder().setMountpoint(snapshots.toString()))
        .setUsedBytes(value(count.usage().bytes()))
        .setInodesUsed(value(count.usage().inodes()))
        .build();
  }

  private static CpuUsage sumCpu(List<ContainerStats> each, long now) {
    long usage = 0;
    long rate = 0;
    for (ContainerStats c : each) {
      usage += c.getCpu().getUsageCoreNanoSeconds().getValue();
      rate += c.getCpu().getUsageNanoCores().getValue();
    }
    return CpuUsage.newBuilder()
        .setTimestamp(now)
        .setUsageCoreNanoSeconds(value(usage))
        .setUsageNanoCores(value(rate))
        .build();
  }

  private static MemoryUsage sumMemory(List<ContainerStats> each, long now) {
    var sum = new long[5];
    for (ContainerStats c : each) {
      var m = c.getMemory();
      sum[0] += m.getWorkingSetBytes().getValue();
      sum[1] += m.getUsageBytes().getValue();
      sum[2] += m.getRssBytes().getValue();
      sum[3] += m.getPageFaults().getValue();
      sum[4] += m.getMajorPageFaults().getValue();
    }
    return MemoryUsage.newBuilder()
        .setTimestamp(now)
        .setWorkingSetBytes(value(sum[0]))
        .setUsageBytes(value(sum[1]))
        .setRssBytes(value(sum[2]))
        .setPageFaults(value(sum[3]))
        .setMajorPageFaults(value(sum[4]))
        .build();
  }

  private static PsiStats psi(Pressure pressure) {
    return PsiStats.newBuilder()
        .setSome(psi(pressure.some()))
        .setFull(psi(pressure.full()))
        .build();
  }

  private static PsiData psi(Pressure.Stall share) {
    return PsiData.newBuilder()
        .setTotal(share.totalMicros() * 1000)
        .setAvg10(share.average10())
        .setAvg60(share.average60())
        .setAvg300(share.average300())
        .build();
  }

  private static UInt64Value value(long number) {
    return UInt64Value.newBuilder().setValue(number).build();
  }

  private long now() {
    return nanos(clock.instant());
  }

  private static long nanos(java.time.Instant at) {
    return at.getEpochSecond() * 1_000_000_000L + at.getNano();
  }
}
