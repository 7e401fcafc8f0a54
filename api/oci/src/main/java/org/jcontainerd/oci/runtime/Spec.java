package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * A container's configuration, {@code config.json} of a bundle (runtime-spec 1.3, config.md), the
 * Linux part.
 *
 * @param ociVersion version of the runtime-spec that the document follows
 * @param process what runs; required by {@code start}
 * @param root the root file system; required on Linux
 * @param hostname host name, set in the container's UTS namespace
 * @param domainname NIS domain name, set in the container's UTS namespace
 * @param mounts mounts in the order they are made
 * @param hooks programs run at points of the lifecycle
 * @param annotations metadata without a fixed meaning
 * @param linux what is particular to Linux
 */
public record Spec(
    @Json(always = true) String ociVersion,
    Optional<ProcessSpec> process,
    Optional<Root> root,
    String hostname,
    String domainname,
    List<Mount> mounts,
    Optional<Hooks> hooks,
    Map<String, String> annotations,
    Optional<Linux> linux) {
  public Spec {
    mounts = List.copyOf(mounts);
    annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.ociVersion = ociVersion;
    builder.process = process;
    builder.root = root;
    builder.hostname = hostname;
    builder.domainname = domainname;
    builder.mounts = mounts;
    builder.hooks = hooks;
    builder.annotations = annotations;
    builder.linux = linux;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private String ociVersion = "";
    private Optional<ProcessSpec> process = Optional.empty();
    private Optional<Root> root = Optional.empty();
    private String hostname = "";
    private String domainname = "";
    private List<Mount> mounts = List.of();
    private Optional<Hooks> hooks = Optional.empty();
    private Map<String, String> annotations = Map.of();
    private Optional<Linux> linux = Optional.empty();

    private Builder() {}

    /** Sets {@link Spec#ociVersion}. */
    @CanIgnoreReturnValue
    public Builder ociVersion(String value) {
      this.ociVersion = value;
      return this;
    }

    /** Sets {@link Spec#process}. */
    @CanIgnoreReturnValue
    public Builder process(ProcessSpec value) {
      this.process = Optional.of(value);
      return this;
    }

    /** Sets {@link Spec#root}. */
    @CanIgnoreReturnValue
    public Builder root(Root value) {
      this.root = Optional.of(value);
      return this;
    }

    /** Sets {@link Spec#hostname}. */
    @CanIgnoreReturnValue
    public Builder hostname(String value) {
      this.hostname = value;
      return this;
    }

    /** Sets {@link Spec#domainname}. */
    @CanIgnoreReturnValue
    public Builder domainname(String value) {
      this.domainname = value;
      return this;
    }

    /** Sets {@link Spec#mounts}. */
    @CanIgnoreReturnValue
    public Builder mounts(List<Mount> value) {
      this.mounts = value;
      return this;
    }

    /** Sets {@link Spec#hooks}. */
    @CanIgnoreReturnValue
    public Builder hooks(Hooks value) {
      this.hooks = Optional.of(value);
      return this;
    }

    /** Sets {@link Spec#annotations}. */
    @CanIgnoreReturnValue
    public Builder annotations(Map<String, String> value) {
      this.annotations = value;
      return this;
    }

    /** Sets {@link Spec#linux}. */
    @CanIgnoreReturnValue
    public Builder linux(Linux value) {
      this.linux = Optional.of(value);
      return this;
    }

    /** The record. */
    public Spec build() {
      return new Spec(
          ociVersion, process, root, hostname, domainname, mounts, hooks, annotations, linux);
    }
  }
}
