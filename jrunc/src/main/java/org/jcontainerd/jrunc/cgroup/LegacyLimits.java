package org.jcontainerd.jrunc.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.BlockIo;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.NetworkClass;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.ThrottleDevice;
import org.jcontainerd.oci.runtime.WeightDevice;

/** Limits as writes to cgroup v1 files (kernel, cgroup-v1/). Device rules are apart. Pure. */
final class LegacyLimits {
  private final List<LimitWrite> writes = new ArrayList<>();

  private LegacyLimits() {}

  static List<LimitWrite> of(Resources resources) throws RuncFailure {
    if (!resources.unified().isEmpty()) {
      throw new RuncFailure.NotSupported("linux.resources.unified", "this host uses cgroup v1");
    }
    var limits = new LegacyLimits();
    resources.cpu().ifPresent(limits::cpu);
    if (resources.memory().isPresent()) {
      limits.memory(resources.memory().get());
    }
    resources.pids().flatMap(pids -> pids.limit()).ifPresent(limits::pids);
    resources.blockIo().ifPresent(limits::blockIo);
    resources.network().ifPresent(limits::network);
    for (var limit : resources.hugepageLimits()) {
      String bytes = Long.toUnsignedString(limit.limit());
      String prefix = "hugetlb." + limit.pageSize();
      limits.add("hugetlb", prefix + ".limit_in_bytes", bytes, "hugepageLimits");
      limits.writes.add(
          LimitWrite.of("hugetlb", prefix + ".rsvd.limit_in_bytes", bytes, "hugepageLimits")
              .with(LimitWrite.Refusal.MISSING_IS_FINE));
    }
    resources
        .rdma()
        .forEach((device, rdma) ->
            limits.add(
                "rdma",
                "rdma.max",
                "%s hca_handle=%s hca_object=%s"
                    .formatted(device, orMax(rdma.hcaHandles()), orMax(rdma.hcaObjects())),
                "rdma"));
    return limits.writes;
  }

  static String orMax(Optional<Long> value) {
    return value.map(Object::toString).orElse("max");
  }

  private void add(String controller, String file, Object value, String field) {
    writes.add(LimitWrite.of(controller, file, value, "linux.resources." + field));
  }

  private void cpu(Cpu cpu) {
    cpu.shares()
        .filter(shares -> shares != 0)
        .ifPresent(shares -> add("cpu", "cpu.shares", shares, "cpu.shares"));
    // Each of period, burst and quota may be refused until the others are set.
    cpu.period()
        .filter(period -> period != 0)
        .ifPresent(period -> dependent("cpu.cfs_period_us", period, "cpu.period"));
    cpu.burst().ifPresent(burst -> dependent("cpu.cfs_burst_us", burst, "cpu.burst"));
    cpu.quota()
        .filter(quota -> quota != 0)
        .ifPresent(quota -> dependent("cpu.cfs_quota_us", quota, "cpu.quota"));
    cpu.realtimePeriod()
        .filter(period -> period != 0)
        .ifPresent(period -> dependent("cpu.rt_period_us", period, "cpu.realtimePeriod"));
    cpu.realtimeRuntime()
        .filter(runtime -> runtime != 0)
        .ifPresent(runtime -> dependent("cpu.rt_runtime_us", runtime, "cpu.realtimeRuntime"));
    cpu.idle().ifPresent(idle -> add("cpu", "cpu.idle", idle, "cpu.idle"));
    if (!cpu.cpus().isEmpty()) {
      add("cpuset", "cpuset.cpus", cpu.cpus(), "cpu.cpus");
    }
    if (!cpu.mems().isEmpty()) {
      add("cpuset", "cpuset.mems", cpu.mems(), "cpu.mems");
    }
  }

  private void dependent(String file, long value, String field) {
    writes.add(
        LimitWrite.of("cpu", file, value, "linux.resources." + field)
            .with(LimitWrite.Refusal.RETRY));
  }

  private void memory(Memory memory) throws RuncFailure.InvalidArgument {
    long limit = memory.limit().orElse(0L);
    // Without a limit on memory one on memory and swap together has no sense.
    long swap = memory.swap().orElse(limit == -1 ? -1L : 0L);
    if (limit != 0) {
      writes.add(
          LimitWrite.of("memory", "memory.limit_in_bytes", limit, "linux.resources.memory.limit")
              .with(swap == 0 ? LimitWrite.Refusal.FAIL : LimitWrite.Refusal.RETRY));
    }
    if (swap != 0) {
      boolean implied = memory.swap().isEmpty();
      LimitWrite write =
          LimitWrite.of(
              "memory", "memory.memsw.limit_in_bytes", swap, "linux.resources.memory.swap");
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
    if (memory.swappiness().isPresent() && memory.swappiness().get() != -1) {
      long swappiness = memory.swappiness().get();
      if (swappiness < 0 || swappiness > 100) {
        throw new RuncFailure.InvalidArgument(
            "linux.resources.memory.swappiness",
            Long.toUnsignedString(swappiness) + " is not in 0 to 100");
      }
      add("memory", "memory.swappiness", swappiness, "memory.swappiness");
    }
  }

  private void pids(long limit) {
    add("pids", "pids.max", pidsValue(limit), "pids.limit");
  }

  /** 0 is nearly no task; systemd takes no 0, so runc writes 1, and so do we. */
  static String pidsValue(long limit) {
    return limit < 0 ? "max" : Long.toString(Math.max(1, limit));
  }

  private void blockIo(BlockIo io) {
    io.weight()
        .filter(weight -> weight != 0)
        .ifPresent(weight -> add("blkio", "blkio.weight", weight, "blockIO.weight"));
    io.leafWeight()
        .filter(weight -> weight != 0)
        .ifPresent(weight -> add("blkio", "blkio.leaf_weight", weight, "blockIO.leafWeight"));
    for (WeightDevice device : io.weightDevice()) {
      String name = device.major() + ":" + device.minor() + " ";
      device
          .weight()
          .ifPresent(w -> add("blkio", "blkio.weight_device", name + w, "blockIO.weightDevice"));
      device
          .leafWeight()
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
}
