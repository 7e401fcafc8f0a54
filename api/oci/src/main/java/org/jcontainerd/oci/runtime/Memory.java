package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * Memory limits in bytes; -1 means unlimited.
 *
 * @param limit hard limit
 * @param reservation soft limit
 * @param swap memory and swap together
 * @param kernel kernel memory, ignored by current kernels
 * @param kernelTcp TCP buffers
 * @param swappiness 0 to 100
 * @param disableOomKiller whether tasks wait instead of being killed
 * @param useHierarchy cgroup v1 accounting of children
 * @param checkBeforeUpdate refuse a limit below the current usage
 */
public record Memory(
    Optional<Long> limit,
    Optional<Long> reservation,
    Optional<Long> swap,
    Optional<Long> kernel,
    @Json(name = "kernelTCP") Optional<Long> kernelTcp,
    @Json(unsigned = 64) Optional<Long> swappiness,
    @Json(name = "disableOOMKiller") Optional<Boolean> disableOomKiller,
    Optional<Boolean> useHierarchy,
    Optional<Boolean> checkBeforeUpdate) {

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.limit = limit;
    builder.reservation = reservation;
    builder.swap = swap;
    builder.kernel = kernel;
    builder.kernelTcp = kernelTcp;
    builder.swappiness = swappiness;
    builder.disableOomKiller = disableOomKiller;
    builder.useHierarchy = useHierarchy;
    builder.checkBeforeUpdate = checkBeforeUpdate;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private Optional<Long> limit = Optional.empty();
    private Optional<Long> reservation = Optional.empty();
    private Optional<Long> swap = Optional.empty();
    private Optional<Long> kernel = Optional.empty();
    private Optional<Long> kernelTcp = Optional.empty();
    private Optional<Long> swappiness = Optional.empty();
    private Optional<Boolean> disableOomKiller = Optional.empty();
    private Optional<Boolean> useHierarchy = Optional.empty();
    private Optional<Boolean> checkBeforeUpdate = Optional.empty();

    private Builder() {}

    /** Sets {@link Memory#limit}. */
    @CanIgnoreReturnValue
    public Builder limit(Long value) {
      this.limit = Optional.of(value);
      return this;
    }

    /** Sets {@link Memory#reservation}. */
    @CanIgnoreReturnValue
    public Builder reservation(Long value) {
      this.reservation = Optional.of(value);
      return this;
    }

    /** Sets {@link Memory#swap}. */
    @CanIgnoreReturnValue
    public Builder swap(Long value) {
      this.swap = Optional.of(value);
      return this;
    }

    /** Sets {@link Memory#kernel}. */
    @CanIgnoreReturnValue
    public Builder kernel(Long value) {
      this.kernel = Optional.of(value);
      return this;
    }

    /** Sets {@link Memory#kernelTcp}. */
    @CanIgnoreReturnValue
    public Builder kernelTcp(Long value) {
      this.kernelTcp = Optional.of(value);
      return this;
    }

    /** Sets {@link Memory#swappiness}. */
    @CanIgnoreReturnValue
    public Builder swappiness(Long value) {
      this.swappiness = Optional.of(value);
      return this;
    }

    /** Sets {@link Memory#disableOomKiller}. */
    @CanIgnoreReturnValue
    public Builder disableOomKiller(Boolean value) {
      this.disableOomKiller = Optional.of(value);
      return this;
    }

    /** Sets {@link Memory#useHierarchy}. */
    @CanIgnoreReturnValue
    public Builder useHierarchy(Boolean value) {
      this.useHierarchy = Optional.of(value);
      return this;
    }

    /** Sets {@link Memory#checkBeforeUpdate}. */
    @CanIgnoreReturnValue
    public Builder checkBeforeUpdate(Boolean value) {
      this.checkBeforeUpdate = Optional.of(value);
      return this;
    }

    /** The record. */
    public Memory build() {
      return new Memory(
          limit,
          reservation,
          swap,
          kernel,
          kernelTcp,
          swappiness,
          disableOomKiller,
          useHierarchy,
          checkBeforeUpdate);
    }
  }
}
