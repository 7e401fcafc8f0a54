package org.jcontainerd.daemon.spec;

import java.util.List;
import java.util.Optional;
import org.jcontainerd.api.cri.v1.LinuxContainerResources;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.DeviceRule;
import org.jcontainerd.oci.runtime.HugepageLimit;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Resources;

/** Limits as CRI gives them, as the OCI runtime takes them; 0 and "" mean "not limited". */
public final class ResourceLimits {
  private ResourceLimits() {}

  public static Resources of(LinuxContainerResources limits, List<DeviceRule> devices) {
    return Resources.builder()
        .devices(devices)
        .cpu(cpu(limits))
        .memory(memory(limits))
        .hugepageLimits(
            limits.getHugepageLimitsList().stream()
                .map(h -> new HugepageLimit(h.getPageSize(), h.getLimit()))
                .toList())
        .unified(limits.getUnifiedMap())
        .build();
  }

  /**
   * {@code before} with what {@code change} sets: fields that are 0 or "" stay as they were (CRI,
   * UpdateContainerResources).
   */
  public static LinuxContainerResources merge(
      LinuxContainerResources before, LinuxContainerResources change) {
    // proto3 fields without a value are left alone by mergeFrom: that is the rule of the CRI. Lists
    // would be appended, so the new one replaces the old one if there is any.
    var merged = before.toBuilder();
    if (change.getHugepageLimitsCount() > 0) {
      merged.clearHugepageLimits();
    }
    return merged.mergeFrom(change).build();
  }

  private static Cpu cpu(LinuxContainerResources limits) {
    var cpu = Cpu.builder();
    positive(limits.getCpuShares()).ifPresent(cpu::shares);
    positive(limits.getCpuPeriod()).ifPresent(cpu::period);
    if (limits.getCpuQuota() != 0) { // -1 lifts the limit
      cpu.quota(limits.getCpuQuota());
    }
    return cpu.cpus(limits.getCpusetCpus()).mems(limits.getCpusetMems()).build();
  }

  private static Memory memory(LinuxContainerResources limits) {
    var memory = Memory.builder();
    if (limits.getMemoryLimitInBytes() != 0) {
      memory.limit(limits.getMemoryLimitInBytes());
      // without a word on swap the limit is for both: a container must not escape it by swapping
      memory.swap(
          limits.getMemorySwapLimitInBytes() != 0
              ? limits.getMemorySwapLimitInBytes()
              : limits.getMemoryLimitInBytes());
    }
    return memory.build();
  }

  private static Optional<Long> positive(long value) {
    return value > 0 ? Optional.of(value) : Optional.empty();
  }
}
