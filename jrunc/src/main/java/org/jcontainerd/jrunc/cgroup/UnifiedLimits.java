package org.jcontainerd.jrunc.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.BlockIo;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.HugepageLimit;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.ThrottleDevice;
import org.jcontainerd.oci.runtime.WeightDevice;

/**
 * Limits as writes to cgroup v2 files (kernel, cgroup-v2.rst). What v2 does not have is an error
 * (config-linux.md, "Unified"). Device rules are apart. Pure.
 */
final class UnifiedLimits {
  private static final String PREFIX = "linux.resources.";
  private static final long DEFAULT_PERIOD_MICROS = 100_000;
  private static final long MOST_PERIOD_MICROS = 1_000_000; // kernel/sched/core.c

  private final LimitFiles files;
  private final List<LimitWrite> writes = new ArrayList<>();

  private UnifiedLimits(LimitFiles files) {
    this.files = files;
  }

  static List<LimitWrite> of(Resources resources, LimitFiles files) throws RuncFailure {
    var limits = new UnifiedLimits(files);
    if (resources.cpu().isPresent()) {
      limits.cpu(resources.cpu().get());
    }
    if (resources.memory().isPresent()) {
      limits.memory(resources.memory().get());
    }
    resources
        .pids()
        .flatMap(pids -> pids.limit())
        .ifPresent(limit -> limits.add("pids.max", LimitValues.pids(limit), "pids.limit"));
    if (resources.blockIo().isPresent()) {
      limits.blockIo(resources.blockIo().get());
    }
    limits.hugePages(resources.hugepageLimits());
    if (resources.network().isPresent()) {
      missing(resources.network().get().classId().orElse(0L) != 0, "network.classID");
      missing(!resources.network().get().priorities().isEmpty(), "network.priorities");
    }
    for (var entry : resources.rdma().entrySet()) {
      limits.add("rdma.max", LimitValues.rdma(entry.getKey(), entry.getValue()), "rdma");
    }
    limits.unified(resources.unified());
    return limits.writes;
  }

  /** The part of a hybrid layout that is in the unified tree: huge pages. */
  static List<LimitWrite> ofHybrid(Resources resources) {
    var limits = new UnifiedLimits((_, _) -> false);
    limits.hugePages(resources.hugepageLimits());
    return limits.writes;
  }

  private void add(String file, Object value, String field) {
    writes.add(LimitWrite.of("", file, value, PREFIX + field));
  }

  private static void missing(boolean asked, String field) throws RuncFailure.NotSupported {
    if (asked) {
      throw new RuncFailure.NotSupported(PREFIX + field, "cgroup v2 has nothing like it");
    }
  }

  private void cpu(Cpu cpu) throws RuncFailure {
    missing(cpu.realtimePeriod().orElse(0L) != 0, "cpu.realtimePeriod");
    missing(cpu.realtimeRuntime().orElse(0L) != 0, "cpu.realtimeRuntime");
    // An idle cgroup refuses a weight: it comes before it becomes so, and after it no longer is.
    boolean awakes = cpu.idle().filter(idle -> idle == 0).isPresent();
    if (awakes) {
      add("cpu.idle", 0, "cpu.idle");
    }
    cpu.shares()
        .filter(shares -> shares != 0)
        .ifPresent(shares -> add("cpu.weight", LimitValues.cpuWeight(shares), "cpu.shares"));
    if (cpu.idle().isPresent() && !awakes) {
      add("cpu.idle", cpu.idle().get(), "cpu.idle");
    }
    // Burst above the old quota is refused until the new quota is there.
    cpu.burst()
        .ifPresent(burst ->
            writes.add(
                LimitWrite.of("", "cpu.max.burst", burst, PREFIX + "cpu.burst")
                    .with(LimitWrite.Refusal.RETRY)));
    long quota = cpu.quota().orElse(0L);
    long period = cpu.period().orElse(0L);
    // The kernel takes a number that it cannot read for none, and keeps the period that was.
    if (Long.compareUnsigned(period, MOST_PERIOD_MICROS) > 0) {
      throw new RuncFailure.InvalidArgument(
          PREFIX + "cpu.period", Long.toUnsignedString(period) + " us is more than a second");
    }
    if (quota != 0 || period != 0) {
      String time = quota > 0 ? Long.toString(quota) : "max";
      add("cpu.max", time + " " + (period == 0 ? DEFAULT_PERIOD_MICROS : period), "cpu.quota");
    }
    if (!cpu.cpus().isEmpty()) {
      add("cpuset.cpus", cpu.cpus(), "cpu.cpus");
    }
    if (!cpu.mems().isEmpty()) {
      add("cpuset.mems", cpu.mems(), "cpu.mems");
    }
  }

  private void memory(Memory memory) throws RuncFailure {
    missing(memory.disableOomKiller().orElse(false), "memory.disableOOMKiller");
    missing(LimitValues.swappiness(memory).isPresent(), "memory.swappiness");
    OptionalLong swap = LimitValues.swapAlone(memory);
    if (swap.isPresent()) {
      long bytes = swap.getAsLong();
      LimitWrite write = LimitWrite.of("", "memory.swap.max", orMax(bytes), PREFIX + "memory.swap");
      // A kernel without swap has no such file.
      writes.add(bytes <= 0 ? write.with(LimitWrite.Refusal.MISSING_IS_FINE) : write);
    }
    memory
        .limit()
        .filter(bytes -> bytes != 0)
        .ifPresent(bytes -> add("memory.max", orMax(bytes), "memory.limit"));
    memory
        .reservation()
        .filter(bytes -> bytes != 0)
        .ifPresent(bytes -> add("memory.low", orMax(bytes), "memory.reservation"));
  }

  private static String orMax(long bytes) {
    return bytes == -1 ? "max" : Long.toString(bytes);
  }

  /** BFQ, where it is the scheduler, has a file of its own and the numbers of v1. */
  private void blockIo(BlockIo io) throws RuncFailure.NotSupported {
    missing(io.leafWeight().orElse(0) != 0, "blockIO.leafWeight");
    boolean bfq = files.has("", "io.bfq.weight");
    String file = bfq ? "io.bfq.weight" : "io.weight";
    io.weight()
        .filter(weight -> weight != 0)
        .ifPresent(
            weight -> add(file, bfq ? weight : LimitValues.ioWeight(weight), "blockIO.weight"));
    for (WeightDevice device : io.weightDevice()) {
      missing(device.leafWeight().orElse(0) != 0, "blockIO.weightDevice.leafWeight");
      device
          .weight()
          .filter(weight -> weight != 0)
          .ifPresent(weight ->
              add(
                  file,
                  "%d:%d %d"
                      .formatted(
                          device.major(),
                          device.minor(),
                          bfq ? weight : LimitValues.ioWeight(weight)),
                  "blockIO.weightDevice"));
    }
    throttle(io.throttleReadBpsDevice(), "rbps", "throttleReadBpsDevice");
    throttle(io.throttleWriteBpsDevice(), "wbps", "throttleWriteBpsDevice");
    throttle(io.throttleReadIopsDevice(), "riops", "throttleReadIOPSDevice");
    throttle(io.throttleWriteIopsDevice(), "wiops", "throttleWriteIOPSDevice");
  }

  private void throttle(List<ThrottleDevice> devices, String key, String field) {
    for (ThrottleDevice device : devices) {
      add(
          "io.max",
          "%d:%d %s=%s"
              .formatted(device.major(), device.minor(), key, Long.toUnsignedString(device.rate())),
          "blockIO." + field);
    }
  }

  /** Reservations are limited as well where the kernel counts them, since Linux 5.7. */
  private void hugePages(List<HugepageLimit> limits) {
    for (HugepageLimit limit : limits) {
      String bytes = Long.toUnsignedString(limit.limit());
      String prefix = "hugetlb." + limit.pageSize();
      add(prefix + ".max", bytes, "hugepageLimits");
      writes.add(
          LimitWrite.of("", prefix + ".rsvd.max", bytes, PREFIX + "hugepageLimits")
              .with(LimitWrite.Refusal.MISSING_IS_FINE));
    }
  }

  /** Files by name; the kernel takes one line a write. */
  private void unified(Map<String, String> unified) throws RuncFailure.InvalidArgument {
    for (var entry : unified.entrySet()) {
      String file = entry.getKey();
      String field = "unified['" + file + "']";
      if (file.contains("/")) {
        throw new RuncFailure.InvalidArgument(PREFIX + field, "must be a file name, no slashes");
      }
      if (file.indexOf('.') <= 0) {
        throw new RuncFailure.InvalidArgument(
            PREFIX + field, "must be of the form CONTROLLER.PARAMETER");
      }
      entry.getValue().lines().forEach(line -> add(file, line, field));
    }
  }
}
