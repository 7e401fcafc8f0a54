package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;

/**
 * Hooks by their point; each list is run in order.
 *
 * @param prestart deprecated name of the point of {@code createRuntime}
 * @param createRuntime after the namespaces, before pivot_root, run in the runtime's namespaces
 * @param createContainer before pivot_root, run in the container's namespaces
 * @param startContainer before the user program, run in the container
 * @param poststart after the user program was started, in the runtime's namespaces
 * @param poststop after the container was deleted, in the runtime's namespaces
 */
public record Hooks(
    List<Hook> prestart,
    List<Hook> createRuntime,
    List<Hook> createContainer,
    List<Hook> startContainer,
    List<Hook> poststart,
    List<Hook> poststop) {
  public Hooks {
    prestart = List.copyOf(prestart);
    createRuntime = List.copyOf(createRuntime);
    createContainer = List.copyOf(createContainer);
    startContainer = List.copyOf(startContainer);
    poststart = List.copyOf(poststart);
    poststop = List.copyOf(poststop);
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.prestart = prestart;
    builder.createRuntime = createRuntime;
    builder.createContainer = createContainer;
    builder.startContainer = startContainer;
    builder.poststart = poststart;
    builder.poststop = poststop;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private List<Hook> prestart = List.of();
    private List<Hook> createRuntime = List.of();
    private List<Hook> createContainer = List.of();
    private List<Hook> startContainer = List.of();
    private List<Hook> poststart = List.of();
    private List<Hook> poststop = List.of();

    private Builder() {}

    /** Sets {@link Hooks#prestart}. */
    @CanIgnoreReturnValue
    public Builder prestart(List<Hook> value) {
      this.prestart = value;
      return this;
    }

    /** Sets {@link Hooks#createRuntime}. */
    @CanIgnoreReturnValue
    public Builder createRuntime(List<Hook> value) {
      this.createRuntime = value;
      return this;
    }

    /** Sets {@link Hooks#createContainer}. */
    @CanIgnoreReturnValue
    public Builder createContainer(List<Hook> value) {
      this.createContainer = value;
      return this;
    }

    /** Sets {@link Hooks#startContainer}. */
    @CanIgnoreReturnValue
    public Builder startContainer(List<Hook> value) {
      this.startContainer = value;
      return this;
    }

    /** Sets {@link Hooks#poststart}. */
    @CanIgnoreReturnValue
    public Builder poststart(List<Hook> value) {
      this.poststart = value;
      return this;
    }

    /** Sets {@link Hooks#poststop}. */
    @CanIgnoreReturnValue
    public Builder poststop(List<Hook> value) {
      this.poststop = value;
      return this;
    }

    /** The record. */
    public Hooks build() {
      return new Hooks(
          prestart, createRuntime, createContainer, startContainer, poststart, poststop);
    }
  }
}
