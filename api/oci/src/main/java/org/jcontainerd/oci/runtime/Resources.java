package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * Cgroup limits (config-linux.md, "Control groups"). An absent part is left as it is.
 *
 * @param devices device rules, applied in order
 * @param memory memory
 * @param cpu CPU
 * @param pids number of tasks
 * @param blockIo block devices
 * @param hugepageLimits huge pages
 * @param network class and priorities of packets
 * @param rdma RDMA handles and objects, by device
 * @param unified cgroup v2 files and what is written to them
 */
public record Resources(
    List<DeviceRule> devices,
    Optional<Memory> memory,
    Optional<Cpu> cpu,
    Optional<Pids> pids,
    @Json(name = "blockIO") Optional<BlockIo> blockIo,
    List<HugepageLimit> hugepageLimits,
    Optional<NetworkClass> network,
    Map<String, Rdma> rdma,
    Map<String, String> unified) {
  public Resources {
    devices = List.copyOf(devices);
    hugepageLimits = List.copyOf(hugepageLimits);
    rdma = Collections.unmodifiableMap(new LinkedHashMap<>(rdma));
    unified = Collections.unmodifiableMap(new LinkedHashMap<>(unified));
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.devices = devices;
    builder.memory = memory;
    builder.cpu = cpu;
    builder.pids = pids;
    builder.blockIo = blockIo;
    builder.hugepageLimits = hugepageLimits;
    builder.network = network;
    builder.rdma = rdma;
    builder.unified = unified;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private List<DeviceRule> devices = List.of();
    private Optional<Memory> memory = Optional.empty();
    private Optional<Cpu> cpu = Optional.empty();
    private Optional<Pids> pids = Optional.empty();
    private Optional<BlockIo> blockIo = Optional.empty();
    private List<HugepageLimit> hugepageLimits = List.of();
    private Optional<NetworkClass> network = Optional.empty();
    private Map<String, Rdma> rdma = Map.of();
    private Map<String, String> unified = Map.of();

    private Builder() {}

    /** Sets {@link Resources#devices}. */
    @CanIgnoreReturnValue
    public Builder devices(List<DeviceRule> value) {
      this.devices = value;
      return this;
    }

    /** Sets {@link Resources#memory}. */
    @CanIgnoreReturnValue
    public Builder memory(Memory value) {
      this.memory = Optional.of(value);
      return this;
    }

    /** Sets {@link Resources#cpu}. */
    @CanIgnoreReturnValue
    public Builder cpu(Cpu value) {
      this.cpu = Optional.of(value);
      return this;
    }

    /** Sets {@link Resources#pids}. */
    @CanIgnoreReturnValue
    public Builder pids(Pids value) {
      this.pids = Optional.of(value);
      return this;
    }

    /** Sets {@link Resources#blockIo}. */
    @CanIgnoreReturnValue
    public Builder blockIo(BlockIo value) {
      this.blockIo = Optional.of(value);
      return this;
    }

    /** Sets {@link Resources#hugepageLimits}. */
    @CanIgnoreReturnValue
    public Builder hugepageLimits(List<HugepageLimit> value) {
      this.hugepageLimits = value;
      return this;
    }

    /** Sets {@link Resources#network}. */
    @CanIgnoreReturnValue
    public Builder network(NetworkClass value) {
      this.network = Optional.of(value);
      return this;
    }

    /** Sets {@link Resources#rdma}. */
    @CanIgnoreReturnValue
    public Builder rdma(Map<String, Rdma> value) {
      this.rdma = value;
      return this;
    }

    /** Sets {@link Resources#unified}. */
    @CanIgnoreReturnValue
    public Builder unified(Map<String, String> value) {
      this.unified = value;
      return this;
    }

    /** The record. */
    public Resources build() {
      return new Resources(
          devices, memory, cpu, pids, blockIo, hugepageLimits, network, rdma, unified);
    }
  }
}
