package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * Limits of block devices.
 *
 * @param weight 10 to 1000
 * @param leafWeight weight against child cgroups
 * @param weightDevice weights by device
 * @param throttleReadBpsDevice bytes read per second
 * @param throttleWriteBpsDevice bytes written per second
 * @param throttleReadIopsDevice reads per second
 * @param throttleWriteIopsDevice writes per second
 */
public record BlockIo(
    @Json(unsigned = 16) Optional<Integer> weight,
    @Json(unsigned = 16) Optional<Integer> leafWeight,
    List<WeightDevice> weightDevice,
    List<ThrottleDevice> throttleReadBpsDevice,
    List<ThrottleDevice> throttleWriteBpsDevice,
    @Json(name = "throttleReadIOPSDevice") List<ThrottleDevice> throttleReadIopsDevice,
    @Json(name = "throttleWriteIOPSDevice") List<ThrottleDevice> throttleWriteIopsDevice) {
  public BlockIo {
    weightDevice = List.copyOf(weightDevice);
    throttleReadBpsDevice = List.copyOf(throttleReadBpsDevice);
    throttleWriteBpsDevice = List.copyOf(throttleWriteBpsDevice);
    throttleReadIopsDevice = List.copyOf(throttleReadIopsDevice);
    throttleWriteIopsDevice = List.copyOf(throttleWriteIopsDevice);
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.weight = weight;
    builder.leafWeight = leafWeight;
    builder.weightDevice = weightDevice;
    builder.throttleReadBpsDevice = throttleReadBpsDevice;
    builder.throttleWriteBpsDevice = throttleWriteBpsDevice;
    builder.throttleReadIopsDevice = throttleReadIopsDevice;
    builder.throttleWriteIopsDevice = throttleWriteIopsDevice;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private Optional<Integer> weight = Optional.empty();
    private Optional<Integer> leafWeight = Optional.empty();
    private List<WeightDevice> weightDevice = List.of();
    private List<ThrottleDevice> throttleReadBpsDevice = List.of();
    private List<ThrottleDevice> throttleWriteBpsDevice = List.of();
    private List<ThrottleDevice> throttleReadIopsDevice = List.of();
    private List<ThrottleDevice> throttleWriteIopsDevice = List.of();

    private Builder() {}

    /** Sets {@link BlockIo#weight}. */
    @CanIgnoreReturnValue
    public Builder weight(Integer value) {
      this.weight = Optional.of(value);
      return this;
    }

    /** Sets {@link BlockIo#leafWeight}. */
    @CanIgnoreReturnValue
    public Builder leafWeight(Integer value) {
      this.leafWeight = Optional.of(value);
      return this;
    }

    /** Sets {@link BlockIo#weightDevice}. */
    @CanIgnoreReturnValue
    public Builder weightDevice(List<WeightDevice> value) {
      this.weightDevice = value;
      return this;
    }

    /** Sets {@link BlockIo#throttleReadBpsDevice}. */
    @CanIgnoreReturnValue
    public Builder throttleReadBpsDevice(List<ThrottleDevice> value) {
      this.throttleReadBpsDevice = value;
      return this;
    }

    /** Sets {@link BlockIo#throttleWriteBpsDevice}. */
    @CanIgnoreReturnValue
    public Builder throttleWriteBpsDevice(List<ThrottleDevice> value) {
      this.throttleWriteBpsDevice = value;
      return this;
    }

    /** Sets {@link BlockIo#throttleReadIopsDevice}. */
    @CanIgnoreReturnValue
    public Builder throttleReadIopsDevice(List<ThrottleDevice> value) {
      this.throttleReadIopsDevice = value;
      return this;
    }

    /** Sets {@link BlockIo#throttleWriteIopsDevice}. */
    @CanIgnoreReturnValue
    public Builder throttleWriteIopsDevice(List<ThrottleDevice> value) {
      this.throttleWriteIopsDevice = value;
      return this;
    }

    /** The record. */
    public BlockIo build() {
      return new BlockIo(
          weight,
          leafWeight,
          weightDevice,
          throttleReadBpsDevice,
          throttleWriteBpsDevice,
          throttleReadIopsDevice,
          throttleWriteIopsDevice);
    }
  }
}
