package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * A program run at a point of the lifecycle (config.md, "POSIX-platform Hooks").
 *
 * @param path absolute path of the program
 * @param args its arguments, the first being its name
 * @param env {@code NAME=value} entries
 * @param timeout seconds until it is ended
 */
public record Hook(
    @Json(always = true) String path,
    List<String> args,
    List<String> env,
    Optional<Integer> timeout) {
  public Hook {
    args = List.copyOf(args);
    env = List.copyOf(env);
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.path = path;
    builder.args = args;
    builder.env = env;
    builder.timeout = timeout;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private String path = "";
    private List<String> args = List.of();
    private List<String> env = List.of();
    private Optional<Integer> timeout = Optional.empty();

    private Builder() {}

    /** Sets {@link Hook#path}. */
    @CanIgnoreReturnValue
    public Builder path(String value) {
      this.path = value;
      return this;
    }

    /** Sets {@link Hook#args}. */
    @CanIgnoreReturnValue
    public Builder args(List<String> value) {
      this.args = value;
      return this;
    }

    /** Sets {@link Hook#env}. */
    @CanIgnoreReturnValue
    public Builder env(List<String> value) {
      this.env = value;
      return this;
    }

    /** Sets {@link Hook#timeout}. */
    @CanIgnoreReturnValue
    public Builder timeout(Integer value) {
      this.timeout = Optional.of(value);
      return this;
    }

    /** The record. */
    public Hook build() {
      return new Hook(path, args, env, timeout);
    }
  }
}
