package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import org.jcontainerd.oci.json.Json;

/**
 * Scheduling policy and attributes (sched_setattr(2)).
 *
 * @param policy for example {@code SCHED_OTHER}
 * @param nice nice value
 * @param priority static priority of real-time policies
 * @param flags for example {@code SCHED_FLAG_RESET_ON_FORK}
 * @param runtime deadline scheduling: nanoseconds
 * @param deadline deadline scheduling: nanoseconds
 * @param period deadline scheduling: nanoseconds
 */
public record Scheduler(
    @Json(always = true) String policy,
    int nice,
    int priority,
    List<String> flags,
    @Json(unsigned = 64) long runtime,
    @Json(unsigned = 64) long deadline,
    @Json(unsigned = 64) long period) {
  public Scheduler {
    flags = List.copyOf(flags);
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.policy = policy;
    builder.nice = nice;
    builder.priority = priority;
    builder.flags = flags;
    builder.runtime = runtime;
    builder.deadline = deadline;
    builder.period = period;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private String policy = "";
    private int nice = 0;
    private int priority = 0;
    private List<String> flags = List.of();
    private long runtime = 0;
    private long deadline = 0;
    private long period = 0;

    private Builder() {}

    /** Sets {@link Scheduler#policy}. */
    @CanIgnoreReturnValue
    public Builder policy(String value) {
      this.policy = value;
      return this;
    }

    /** Sets {@link Scheduler#nice}. */
    @CanIgnoreReturnValue
    public Builder nice(int value) {
      this.nice = value;
      return this;
    }

    /** Sets {@link Scheduler#priority}. */
    @CanIgnoreReturnValue
    public Builder priority(int value) {
      this.priority = value;
      return this;
    }

    /** Sets {@link Scheduler#flags}. */
    @CanIgnoreReturnValue
    public Builder flags(List<String> value) {
      this.flags = value;
      return this;
    }

    /** Sets {@link Scheduler#runtime}. */
    @CanIgnoreReturnValue
    public Builder runtime(long value) {
      this.runtime = value;
      return this;
    }

    /** Sets {@link Scheduler#deadline}. */
    @CanIgnoreReturnValue
    public Builder deadline(long value) {
      this.deadline = value;
      return this;
    }

    /** Sets {@link Scheduler#period}. */
    @CanIgnoreReturnValue
    public Builder period(long value) {
      this.period = value;
      return this;
    }

    /** The record. */
    public Scheduler build() {
      return new Scheduler(policy, nice, priority, flags, runtime, deadline, period);
    }
  }
}
