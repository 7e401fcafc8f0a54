package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * CPU limits; times in microseconds.
 *
 * @param shares relative weight, 2 to 262144
 * @param quota time per period; -1 is unlimited
 * @param burst time that may be saved up
 * @param period length of a period
 * @param realtimeRuntime real-time per real-time period
 * @param realtimePeriod length of a real-time period
 * @param cpus CPU list
 * @param mems memory node list
 * @param idle 1 for SCHED_IDLE
 */
public record Cpu(
    @Json(unsigned = 64) Optional<Long> shares,
    Optional<Long> quota,
    @Json(unsigned = 64) Optional<Long> burst,
    @Json(unsigned = 64) Optional<Long> period,
    Optional<Long> realtimeRuntime,
    @Json(unsigned = 64) Optional<Long> realtimePeriod,
    String cpus,
    String mems,
    Optional<Long> idle) {

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.shares = shares;
    builder.quota = quota;
    builder.burst = burst;
    builder.period = period;
    builder.realtimeRuntime = realtimeRuntime;
    builder.realtimePeriod = realtimePeriod;
    builder.cpus = cpus;
    builder.mems = mems;
    builder.idle = idle;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private Optional<Long> shares = Optional.empty();
    private Optional<Long> quota = Optional.empty();
    private Optional<Long> burst = Optional.empty();
    private Optional<Long> period = Optional.empty();
    private Optional<Long> realtimeRuntime = Optional.empty();
    private Optional<Long> realtimePeriod = Optional.empty();
    private String cpus = "";
    private String mems = "";
    private Optional<Long> idle = Optional.empty();

    private Builder() {}

    /** Sets {@link Cpu#shares}. */
    @CanIgnoreReturnValue
    public Builder shares(Long value) {
      this.shares = Optional.of(value);
      return this;
    }

    /** Sets {@link Cpu#quota}. */
    @CanIgnoreReturnValue
    public Builder quota(Long value) {
      this.quota = Optional.of(value);
      return this;
    }

    /** Sets {@link Cpu#burst}. */
    @CanIgnoreReturnValue
    public Builder burst(Long value) {
      this.burst = Optional.of(value);
      return this;
    }

    /** Sets {@link Cpu#period}. */
    @CanIgnoreReturnValue
    public Builder period(Long value) {
      this.period = Optional.of(value);
      return this;
    }

    /** Sets {@link Cpu#realtimeRuntime}. */
    @CanIgnoreReturnValue
    public Builder realtimeRuntime(Long value) {
      this.realtimeRuntime = Optional.of(value);
      return this;
    }

    /** Sets {@link Cpu#realtimePeriod}. */
    @CanIgnoreReturnValue
    public Builder realtimePeriod(Long value) {
      this.realtimePeriod = Optional.of(value);
      return this;
    }

    /** Sets {@link Cpu#cpus}. */
    @CanIgnoreReturnValue
    public Builder cpus(String value) {
      this.cpus = value;
      return this;
    }

    /** Sets {@link Cpu#mems}. */
    @CanIgnoreReturnValue
    public Builder mems(String value) {
      this.mems = value;
      return this;
    }

    /** Sets {@link Cpu#idle}. */
    @CanIgnoreReturnValue
    public Builder idle(Long value) {
      this.idle = Optional.of(value);
      return this;
    }

    /** The record. */
    public Cpu build() {
      return new Cpu(
          shares, quota, burst, period, realtimeRuntime, realtimePeriod, cpus, mems, idle);
    }
  }
}
