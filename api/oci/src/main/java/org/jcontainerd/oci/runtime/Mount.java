package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import org.jcontainerd.oci.json.Json;

/**
 * A mount (config.md, "Mounts").
 *
 * @param destination where, absolute inside the container
 * @param type file system type; ignored by bind mounts
 * @param source what: a device, a host path, or a label
 * @param options fstab-like options
 * @param uidMappings user ids of an id-mapped mount
 * @param gidMappings group ids of an id-mapped mount
 */
public record Mount(
    @Json(always = true) String destination,
    String type,
    String source,
    List<String> options,
    List<IdMapping> uidMappings,
    List<IdMapping> gidMappings) {
  public Mount {
    options = List.copyOf(options);
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
  }

  /** A mount without id mappings. */
  public static Mount of(String destination, String type, String source, String... options) {
    return new Mount(destination, type, source, List.of(options), List.of(), List.of());
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.destination = destination;
    builder.type = type;
    builder.source = source;
    builder.options = options;
    builder.uidMappings = uidMappings;
    builder.gidMappings = gidMappings;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private String destination = "";
    private String type = "";
    private String source = "";
    private List<String> options = List.of();
    private List<IdMapping> uidMappings = List.of();
    private List<IdMapping> gidMappings = List.of();

    private Builder() {}

    /** Sets {@link Mount#destination}. */
    @CanIgnoreReturnValue
    public Builder destination(String value) {
      this.destination = value;
      return this;
    }

    /** Sets {@link Mount#type}. */
    @CanIgnoreReturnValue
    public Builder type(String value) {
      this.type = value;
      return this;
    }

    /** Sets {@link Mount#source}. */
    @CanIgnoreReturnValue
    public Builder source(String value) {
      this.source = value;
      return this;
    }

    /** Sets {@link Mount#options}. */
    @CanIgnoreReturnValue
    public Builder options(List<String> value) {
      this.options = value;
      return this;
    }

    /** Sets {@link Mount#uidMappings}. */
    @CanIgnoreReturnValue
    public Builder uidMappings(List<IdMapping> value) {
      this.uidMappings = value;
      return this;
    }

    /** Sets {@link Mount#gidMappings}. */
    @CanIgnoreReturnValue
    public Builder gidMappings(List<IdMapping> value) {
      this.gidMappings = value;
      return this;
    }

    /** The record. */
    public Mount build() {
      return new Mount(destination, type, source, options, uidMappings, gidMappings);
    }
  }
}
