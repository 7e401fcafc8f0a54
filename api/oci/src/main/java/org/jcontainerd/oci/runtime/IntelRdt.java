package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import org.jcontainerd.oci.json.Json;

/**
 * Intel resource director technology (resctrl).
 *
 * @param closId class of service
 * @param schemata lines for the schemata file
 * @param l3CacheSchema cache allocation
 * @param memBwSchema memory bandwidth allocation
 * @param enableMonitoring whether a monitoring group is made
 */
public record IntelRdt(
    @Json(name = "closID") String closId,
    List<String> schemata,
    String l3CacheSchema,
    String memBwSchema,
    boolean enableMonitoring) {
  public IntelRdt {
    schemata = List.copyOf(schemata);
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.closId = closId;
    builder.schemata = schemata;
    builder.l3CacheSchema = l3CacheSchema;
    builder.memBwSchema = memBwSchema;
    builder.enableMonitoring = enableMonitoring;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private String closId = "";
    private List<String> schemata = List.of();
    private String l3CacheSchema = "";
    private String memBwSchema = "";
    private boolean enableMonitoring = false;

    private Builder() {}

    /** Sets {@link IntelRdt#closId}. */
    @CanIgnoreReturnValue
    public Builder closId(String value) {
      this.closId = value;
      return this;
    }

    /** Sets {@link IntelRdt#schemata}. */
    @CanIgnoreReturnValue
    public Builder schemata(List<String> value) {
      this.schemata = value;
      return this;
    }

    /** Sets {@link IntelRdt#l3CacheSchema}. */
    @CanIgnoreReturnValue
    public Builder l3CacheSchema(String value) {
      this.l3CacheSchema = value;
      return this;
    }

    /** Sets {@link IntelRdt#memBwSchema}. */
    @CanIgnoreReturnValue
    public Builder memBwSchema(String value) {
      this.memBwSchema = value;
      return this;
    }

    /** Sets {@link IntelRdt#enableMonitoring}. */
    @CanIgnoreReturnValue
    public Builder enableMonitoring(boolean value) {
      this.enableMonitoring = value;
      return this;
    }

    /** The record. */
    public IntelRdt build() {
      return new IntelRdt(closId, schemata, l3CacheSchema, memBwSchema, enableMonitoring);
    }
  }
}
