package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * A rule of a {@link Seccomp} filter.
 *
 * @param names system calls
 * @param action {@code SCMP_ACT_...}
 * @param errnoRet errno, or the tracer's number
 * @param args conditions, all of which must hold
 */
public record SyscallRule(
    @Json(always = true) List<String> names,
    @Json(always = true) String action,
    Optional<Integer> errnoRet,
    List<SyscallArg> args) {
  public SyscallRule {
    names = List.copyOf(names);
    args = List.copyOf(args);
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.names = names;
    builder.action = action;
    builder.errnoRet = errnoRet;
    builder.args = args;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private List<String> names = List.of();
    private String action = "";
    private Optional<Integer> errnoRet = Optional.empty();
    private List<SyscallArg> args = List.of();

    private Builder() {}

    /** Sets {@link SyscallRule#names}. */
    @CanIgnoreReturnValue
    public Builder names(List<String> value) {
      this.names = value;
      return this;
    }

    /** Sets {@link SyscallRule#action}. */
    @CanIgnoreReturnValue
    public Builder action(String value) {
      this.action = value;
      return this;
    }

    /** Sets {@link SyscallRule#errnoRet}. */
    @CanIgnoreReturnValue
    public Builder errnoRet(Integer value) {
      this.errnoRet = Optional.of(value);
      return this;
    }

    /** Sets {@link SyscallRule#args}. */
    @CanIgnoreReturnValue
    public Builder args(List<SyscallArg> value) {
      this.args = value;
      return this;
    }

    /** The record. */
    public SyscallRule build() {
      return new SyscallRule(names, action, errnoRet, args);
    }
  }
}
