package org.jcontainerd.jrunc.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.BlockIo;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.HugepageLimit;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.ThrottleDevice;
import org.jcontainerd.oci.runtime.WeightDevice;

/** Limits as writes to cgroup v2 files (kernel, cgroup-v2.rst). Device rules are apart. Pure. */
final class UnifiedLimits {
  private static final long DEFAULT_PERIOD_MICROS = 100_000;

  private final List<LimitWrite> writes = new ArrayList<>();

  private UnifiedLimits() {}

  static List<LimitWrite> of(Resources resources) throws RuncFailure {
    var limits = new UnifiedLimits();
    resources.cpu().ifPresent(limits::cpu);
    if (resources.memory().isPresent()) {
      limits.memory(resources.memory().get());
    }
    resources
        .pids()
        .flatMap(pids -> pids.limit())
        .ifPresent(limit -> limits.add("pids.max", LegacyLimits.pidsValue(limit), "pids.limit"));
    resources.blockIo().ifPresent(limits::blockIo);
    limits.hugePages(resources.hugepageLimits());
    resources
        .rdma()
        .forEach((device, rdma) ->
            limits.add(
                "rdma.max",
                "%s hca_handle=%s hca_object=%s"
                    .formatted(
                        device,
                        LegacyLimits.orMax(rdma.hcaHandles()),
                        LegacyLimits.orMax(rdma.hcaObjects())),
                "rdma"));
    for (var entry : resources.unified().entrySet()) {
      if (entry.getKey().contains("/")) {
        throw new RuncFailure.InvalidArgument(
            "linux.resources.unified", "'" + entry.getKey() + "' is no file of a cgroup");
      }
      limits.add(entry.getKey(), entry.getValue(), "unified");
    }
    return limits.writes;
  }

  /** The part of a hybrid layout that is in the unified tree: huge pages. */
  static List<LimitWrite> ofHybrid(Resources resources) {
    var limits = new UnifiedLimits();
    limits.hugePages(resources.hugepageLimits());
    return limits.writes;
  }

  private void add(String file, Object value, String field) {
    writes.add(LimitWrite.of("", file, value, "linux.resources." + field));
  }

  private void cpu(Cpu cpu) {
    cpu.idle().ifPresent(idle -> add("cpu.idle", idle, "cpu.idle"));
    cpu.shares()
        .filter(shares -> shares != 0)
        .ifPresent(shares -> add("cpu.weight", cpuWeight(shares), "cpu.shares"));
    // Burst above the old quota is refused until the new quota is there.
    cpu.burst()
        .ifPresent(burst ->
            writes.add(
                LimitWrite.of("", "cpu.max.burst", burst, "linux.resources.cpu.burst")
                    .with(LimitWrite.Refusal.RETRY)));
    long quota = cpu.quota().orElse(0L);
    long period = cpu.period().orElse(0L);
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

  /**
   * Shares (2 to 262144) to weight (1 to 10000) so that 1024, the default of the one, is about 100,
   * that of the other; the formula is runc's and crun's.
   */
  static long cpuWeight(long shares) {
    if (shares <= 2) {
      return 1;
    }
    if (shares >= 262_144) {
      return 10_000;
    }
    double log = Math.log((double) shares) / Math.log(2);
    double exponent = (log * log + 125 * log) / 612.0 - 7.0 / 34.0;
    return (long) Math.ceil(Math.pow(10, exponent));
  }

  private void memory(Memory memory) throws RuncFailure.InvalidArgument {
    Optional<Long> limit = memory.limit().filter(bytes -> bytes != 0);
    Optional<String> swap = swap(memory);
    if (swap.isPresent()) {
      LimitWrite write =
          LimitWrite.of("", "memory.swap.max", swap.get(), "linux.resources.memory.swap");
      boolean harmless = swap.get().equals("max") || swap.get().equals("0");
      writes.add(harmless ? write.with(LimitWrite.Refusal.MISSING_IS_FINE) : write);
    }
    limit.ifPresent(bytes -> add("memory.max", orMax(bytes), "memory.limit"));
    memory
        .reservation()
        .filter(bytes -> bytes != 0)
        .ifPresent(bytes -> add("memory.low", orMax(bytes), "memory.reservation"));
  }

  /** v1 limits memory and swap together, v2 swap alone. */
  private static Optional<String> swap(Memory memory) throws RuncFailure.InvalidArgument {
    long limit = memory.limit().orElse(0L);
    long both = memory.swap().orElse(0L);
    if (both == 0) {
      return limit == -1 ? Optional.of("max") : Optional.empty();
    }
    if (both == -1) {
      return Optional.of("max");
    }
    if (limit == 0 || limit == -1) {
      throw new RuncFailure.InvalidArgument(
          "linux.resources.memory.swap", "a swap limit needs a memory limit");
    }
    if (both < limit) {
      throw new RuncFailure.InvalidArgument(
          "linux.resources.memory.swap", "is less than the memory limit, which it includes");
    }
    return Optional.of(Long.toString(both - limit));
  }

  private static String orMax(long bytes) {
    return bytes == -1 ? "max" : Long.toString(bytes);
  }

  private void blockIo(BlockIo io) {
    io.weight()
        .filter(weight -> weight != 0)
        .ifPresent(weight -> add("io.weight", ioWeight(weight), "blockIO.weight"));
    for (WeightDevice device : io.weightDevice()) {
      device
          .weight()
          .ifPresent(weight ->
              add(
                  "io.weight",
                  device.major() + ":" + device.minor() + " " + ioWeight(weight),
                  "blockIO.weightDevice"));
    }
    throttle(io.throttleReadBpsDevice(), "rbps", "throttleReadBpsDevice");
    throttle(io.throttleWriteBpsDevice(), "wbps", "throttleWriteBpsDevice");
    throttle(io.throttleReadIopsDevice(), "riops", "throttleReadIOPSDevice");
    throttle(io.throttleWriteIopsDevice(), "wiops", "throttleWriteIOPSDevice");
  }

  /** 10 to 1000 spread over 1 to 10000. */
  static long ioWeight(long weight) {
    return 1 + (weight - 10) * 9999 / 990;
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

  private void hugePages(List<HugepageLimit> limits) {
    for (HugepageLimit limit : limits) {
      String bytes = Long.toUnsignedString(limit.limit());
      String prefix = "hugetlb." + limit.pageSize();
      add(prefix + ".max", bytes, "hugepageLimits");
      writes.add(
          LimitWrite.of("", prefix + ".rsvd.max", bytes, "linux.resources.hugepageLimits")
              .with(LimitWrite.Refusal.MISSING_IS_FINE));
    }
  }
}
