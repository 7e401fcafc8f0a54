package org.jcontainerd.jrunc.cgroup;

import java.util.ArrayList;
import java.util.List;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.BlockIo;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.HugepageLimit;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.NetworkClass;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.ThrottleDevice;
import org.jcontainerd.oci.runtime.WeightDevice;

/** Limits as writes to cgroup v1 files (kernel, cgroup-v1/). Device rules are apart. Pure. */
final class LegacyLimits {
  private static final String PREFIX = "linux.resources.";
  private static final long LEAST_SHARES = 2;
  private static final long MOST_SHARES = 1 << 18;

  private final LimitFiles files;
  private final List<LimitWrite> writes = new ArrayList<>();

  private LegacyLimits(LimitFiles files) {
    this.files = files;
  }

  static List<LimitWrite> of(Resources resources, LimitFiles files) throws RuncFailure {
    if (!resources.unified().isEmpty()) {
      throw new RuncFailure.NotSupported(
          PREFIX + "unified", "this host uses cgroup v1, use the fields of the controllers");
    }
    var limits = new LegacyLimits(files);
    if (resources.cpu().isPresent()) {
      limits.cpu(resources.cpu().get());
    }
    if (resources.memory().isPresent()) {
      limits.memory(resources.memory().get());
    }
    resources
        .pids()
        .flatMap(pids -> pids.limit())
        .ifPresent(limit -> limits.add("pids", "pids.max", LimitValues.pids(limit), "pids.limit"));
    resources.blockIo().ifPresent(limits::blockIo);
    resources.network().ifPresent(limits::network);
    limits.hugePages(resources.hugepageLimits());
    for (var entry : resources.rdma().entrySet()) {
      limits.add("rdma", "rdma.max", LimitValues.rdma(entry.getKey(), entry.getValue()), "rdma");
    }
    return limits.writes;
  }

  private void add(String controller, String file, Object value, String field) {
    writes.add(LimitWrite.of(controller, file, value, PREFIX + field));
  }

  private void cpu(Cpu cpu) throws RuncFailure.InvalidArgument {
    long shares = cpu.shares().orElse(0L);
    // The kernel would take any other number for the nearest end.
    if (shares != 0 && (shares < LEAST_SHARES || shares > MOST_SHARES)) {
      throw new RuncFailure.InvalidArgument(
          PREFIX + "cpu.shares",
          Long.toUnsignedString(shares) + " is not in " + LEAST_SHARES + " to " + MOST_SHARES);
    }
    // An idle cgroup refuses shares: they come before it becomes so, and after it no longer is.
    boolean awakes = cpu.idle().filter(idle -> idle == 0).isPresent();
    if (awakes) {
      add("cpu", "cpu.idle", 0, "cpu.idle");
    }
    if (shares != 0) {
      add("cpu", "cpu.shares", shares, "cpu.shares");
    }
    if (cpu.idle().isPresent() && !awakes) {
      add("cpu", "cpu.idle", cpu.idle().get(), "cpu.idle");
    }
    cpuTimes(cpu);
    if (!cpu.cpus().isEmpty()) {
      add("cpuset", "cpuset.cpus", cpu.cpus(), "cpu.cpus");
    }
    if (!cpu.mems().isEmpty()) {
      add("cpuset", "cpuset.mems", cpu.mems(), "cpu.mems");
    }
  }

  /** Each of period, burst and quota may be refused until the others are set. */
  private void cpuTimes(Cpu cpu) {
    dependent("cpu.cfs_period_us", cpu.period().orElse(0L), "cpu.period");
    cpu.burst()
        .ifPresent(burst -> {
          LimitWrite write = LimitWrite.of("cpu", "cpu.cfs_burst_us", burst, PREFIX + "cpu.burst");
          // Before Linux 5.14 nothing can be saved up.
          writes.add(write.with(LimitWrite.Refusal.RETRY).with(LimitWrite.Refusal.MISSING_IS_FINE));
        });
    dependent("cpu.cfs_quota_us", cpu.quota().orElse(0L), "cpu.quota");
    dependent("cpu.rt_period_us", cpu.realtimePeriod().orElse(0L), "cpu.realtimePeriod");
    dependent("cpu.rt_runtime_us", cpu.realtimeRuntime().orElse(0L), "cpu.realtimeRuntime");
  }

  /** 0 is what callers write who mean "not set". */
  private void dependent(String file, long value, String field) {
    if (value != 0) {
      LimitWrite write = LimitWrite.of("cpu", file, value, PREFIX + field);
      writes.add(write.with(LimitWrite.Refusal.RETRY));
    }
  }

  private void memory(Memory memory) throws RuncFailure.InvalidArgument {
    long limit = memory.limit().orElse(0L);
    long swap = memory.swap().orElse(0L);
    boolean implied = swap == 0 && limit == -1;
    if (limit != 0) {
      LimitWrite write =
          LimitWrite.of("memory", "memory.limit_in_bytes", limit, PREFIX + "memory.limit");
      writes.add(swap == 0 && !implied ? write : write.with(LimitWrite.Refusal.RETRY));
    }
    if (swap != 0 || implied) {
      // Without a limit on memory one on memory and swap together has no sense.
      LimitWrite write =
          LimitWrite.of(
              "memory", "memory.memsw.limit_in_bytes", implied ? -1 : swap, PREFIX + "memory.swap");
      writes.add(
          write.with(implied ? LimitWrite.Refusal.MISSING_IS_FINE : LimitWrite.Refusal.RETRY));
    }
    memory
        .reservation()
        .filter(bytes -> bytes != 0)
        .ifPresent(
            bytes -> add("memory", "memory.soft_limit_in_bytes", bytes, "memory.reservation"));
    if (memory.disableOomKiller().orElse(false)) {
      add("memory", "memory.oom_control", 1, "memory.disableOOMKiller");
    }
    if (LimitValues.swappiness(memory).isPresent()) {
      add(
          "memory",
          "memory.swappiness",
          LimitValues.swappiness(memory).getAsLong(),
          "memory.swappiness");
    }
  }

  /** CFQ, which is no more, had the files without "bfq". */
  private void blockIo(BlockIo io) {
    String prefix = files.has("blkio", "blkio.weight") ? "blkio." : "blkio.bfq.";
    io.weight()
        .filter(weight -> weight != 0)
        .ifPresent(weight -> add("blkio", prefix + "weight", weight, "blockIO.weight"));
    io.leafWeight()
        .filter(weight -> weight != 0)
        .ifPresent(weight -> add("blkio", "blkio.leaf_weight", weight, "blockIO.leafWeight"));
    for (WeightDevice device : io.weightDevice()) {
      String name = device.major() + ":" + device.minor() + " ";
      device
          .weight()
          .filter(weight -> weight != 0)
          .ifPresent(w -> add("blkio", prefix + "weight_device", name + w, "blockIO.weightDevice"));
      device
          .leafWeight()
          .filter(weight -> weight != 0)
          .ifPresent(
              w -> add("blkio", "blkio.leaf_weight_device", name + w, "blockIO.weightDevice"));
    }
    throttle(io.throttleReadBpsDevice(), "read_bps_device", "throttleReadBpsDevice");
    throttle(io.throttleWriteBpsDevice(), "write_bps_device", "throttleWriteBpsDevice");
    throttle(io.throttleReadIopsDevice(), "read_iops_device", "throttleReadIOPSDevice");
    throttle(io.throttleWriteIopsDevice(), "write_iops_device", "throttleWriteIOPSDevice");
  }

  private void throttle(List<ThrottleDevice> devices, String file, String field) {
    for (ThrottleDevice device : devices) {
      add(
          "blkio",
          "blkio.throttle." + file,
          device.major() + ":" + device.minor() + " " + Long.toUnsignedString(device.rate()),
          "blockIO." + field);
    }
  }

  private void network(NetworkClass network) {
    network
        .classId()
        .filter(id -> id != 0)
        .ifPresent(id -> add("net_cls", "net_cls.classid", id, "network.classID"));
    network
        .priorities()
        .forEach(p ->
            add(
                "net_prio",
                "net_prio.ifpriomap",
                p.name() + " " + p.priority(),
                "network.priorities"));
  }

  /** Reservations are limited as well where the kernel counts them, since Linux 5.7. */
  private void hugePages(List<HugepageLimit> limits) {
    for (HugepageLimit limit : limits) {
      String bytes = Long.toUnsignedString(limit.limit());
      String prefix = "hugetlb." + limit.pageSize();
      add("hugetlb", prefix + ".limit_in_bytes", bytes, "hugepageLimits");
      writes.add(
          LimitWrite.of(
                  "hugetlb", prefix + ".rsvd.limit_in_bytes", bytes, PREFIX + "hugepageLimits")
              .with(LimitWrite.Refusal.MISSING_IS_FINE));
    }
  }
}
