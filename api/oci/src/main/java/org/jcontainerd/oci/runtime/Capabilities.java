package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;

/**
 * The five capability sets of a process (capabilities(7)); names are {@code CAP_...}.
 *
 * @param bounding limits what execve can give
 * @param effective what permission checks use
 * @param inheritable kept over execve for programs that have them in their file
 * @param permitted what may be made effective
 * @param ambient kept over execve of ordinary programs
 */
public record Capabilities(
    List<String> bounding,
    List<String> effective,
    List<String> inheritable,
    List<String> permitted,
    List<String> ambient) {
  public Capabilities {
    bounding = List.copyOf(bounding);
    effective = List.copyOf(effective);
    inheritable = List.copyOf(inheritable);
    permitted = List.copyOf(permitted);
    ambient = List.copyOf(ambient);
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.bounding = bounding;
    builder.effective = effective;
    builder.inheritable = inheritable;
    builder.permitted = permitted;
    builder.ambient = ambient;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private List<String> bounding = List.of();
    private List<String> effective = List.of();
    private List<String> inheritable = List.of();
    private List<String> permitted = List.of();
    private List<String> ambient = List.of();

    private Builder() {}

    /** Sets {@link Capabilities#bounding}. */
    @CanIgnoreReturnValue
    public Builder bounding(List<String> value) {
      this.bounding = value;
      return this;
    }

    /** Sets {@link Capabilities#effective}. */
    @CanIgnoreReturnValue
    public Builder effective(List<String> value) {
      this.effective = value;
      return this;
    }

    /** Sets {@link Capabilities#inheritable}. */
    @CanIgnoreReturnValue
    public Builder inheritable(List<String> value) {
      this.inheritable = value;
      return this;
    }

    /** Sets {@link Capabilities#permitted}. */
    @CanIgnoreReturnValue
    public Builder permitted(List<String> value) {
      this.permitted = value;
      return this;
    }

    /** Sets {@link Capabilities#ambient}. */
    @CanIgnoreReturnValue
    public Builder ambient(List<String> value) {
      this.ambient = value;
      return this;
    }

    /** The record. */
    public Capabilities build() {
      return new Capabilities(bounding, effective, inheritable, permitted, ambient);
    }
  }
}
