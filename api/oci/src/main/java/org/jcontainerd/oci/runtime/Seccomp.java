package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * A system call filter (config-linux.md, "Seccomp").
 *
 * @param defaultAction action for calls that no rule names
 * @param defaultErrnoRet errno of the default action
 * @param architectures {@code SCMP_ARCH_...}
 * @param flags {@code SECCOMP_FILTER_FLAG_...}; absent is not the same as none
 * @param listenerPath unix socket that gets the notification descriptor
 * @param listenerMetadata passed on to the listener
 * @param syscalls rules
 */
public record Seccomp(
    @Json(always = true) String defaultAction,
    Optional<Integer> defaultErrnoRet,
    List<String> architectures,
    Optional<List<String>> flags,
    String listenerPath,
    String listenerMetadata,
    List<SyscallRule> syscalls) {
  public Seccomp {
    architectures = List.copyOf(architectures);
    flags = flags.map(List::copyOf);
    syscalls = List.copyOf(syscalls);
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.defaultAction = defaultAction;
    builder.defaultErrnoRet = defaultErrnoRet;
    builder.architectures = architectures;
    builder.flags = flags;
    builder.listenerPath = listenerPath;
    builder.listenerMetadata = listenerMetadata;
    builder.syscalls = syscalls;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private String defaultAction = "";
    private Optional<Integer> defaultErrnoRet = Optional.empty();
    private List<String> architectures = List.of();
    private Optional<List<String>> flags = Optional.empty();
    private String listenerPath = "";
    private String listenerMetadata = "";
    private List<SyscallRule> syscalls = List.of();

    private Builder() {}

    /** Sets {@link Seccomp#defaultAction}. */
    @CanIgnoreReturnValue
    public Builder defaultAction(String value) {
      this.defaultAction = value;
      return this;
    }

    /** Sets {@link Seccomp#defaultErrnoRet}. */
    @CanIgnoreReturnValue
    public Builder defaultErrnoRet(Integer value) {
      this.defaultErrnoRet = Optional.of(value);
      return this;
    }

    /** Sets {@link Seccomp#architectures}. */
    @CanIgnoreReturnValue
    public Builder architectures(List<String> value) {
      this.architectures = value;
      return this;
    }

    /** Sets {@link Seccomp#flags}. */
    @CanIgnoreReturnValue
    public Builder flags(List<String> value) {
      this.flags = Optional.of(value);
      return this;
    }

    /** Sets {@link Seccomp#listenerPath}. */
    @CanIgnoreReturnValue
    public Builder listenerPath(String value) {
      this.listenerPath = value;
      return this;
    }

    /** Sets {@link Seccomp#listenerMetadata}. */
    @CanIgnoreReturnValue
    public Builder listenerMetadata(String value) {
      this.listenerMetadata = value;
      return this;
    }

    /** Sets {@link Seccomp#syscalls}. */
    @CanIgnoreReturnValue
    public Builder syscalls(List<SyscallRule> value) {
      this.syscalls = value;
      return this;
    }

    /** The record. */
    public Seccomp build() {
      return new Seccomp(
          defaultAction,
          defaultErrnoRet,
          architectures,
          flags,
          listenerPath,
          listenerMetadata,
          syscalls);
    }
  }
}
