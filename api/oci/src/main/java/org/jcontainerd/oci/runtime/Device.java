package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * A device node (config-linux.md, "Devices").
 *
 * @param path where in the container
 * @param type c, u, b or p
 * @param major major number
 * @param minor minor number
 * @param fileMode permission bits
 * @param uid owner
 * @param gid group
 */
public record Device(
    @Json(always = true) String path,
    @Json(always = true) String type,
    long major,
    long minor,
    @Json(unsigned = 32) Optional<Long> fileMode,
    @Json(unsigned = 32) Optional<Long> uid,
    @Json(unsigned = 32) Optional<Long> gid) {

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.path = path;
    builder.type = type;
    builder.major = major;
    builder.minor = minor;
    builder.fileMode = fileMode;
    builder.uid = uid;
    builder.gid = gid;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private String path = "";
    private String type = "";
    private long major = 0;
    private long minor = 0;
    private Optional<Long> fileMode = Optional.empty();
    private Optional<Long> uid = Optional.empty();
    private Optional<Long> gid = Optional.empty();

    private Builder() {}

    /** Sets {@link Device#path}. */
    @CanIgnoreReturnValue
    public Builder path(String value) {
      this.path = value;
      return this;
    }

    /** Sets {@link Device#type}. */
    @CanIgnoreReturnValue
    public Builder type(String value) {
      this.type = value;
      return this;
    }

    /** Sets {@link Device#major}. */
    @CanIgnoreReturnValue
    public Builder major(long value) {
      this.major = value;
      return this;
    }

    /** Sets {@link Device#minor}. */
    @CanIgnoreReturnValue
    public Builder minor(long value) {
      this.minor = value;
      return this;
    }

    /** Sets {@link Device#fileMode}. */
    @CanIgnoreReturnValue
    public Builder fileMode(Long value) {
      this.fileMode = Optional.of(value);
      return this;
    }

    /** Sets {@link Device#uid}. */
    @CanIgnoreReturnValue
    public Builder uid(Long value) {
      this.uid = Optional.of(value);
      return this;
    }

    /** Sets {@link Device#gid}. */
    @CanIgnoreReturnValue
    public Builder gid(Long value) {
      this.gid = Optional.of(value);
      return this;
    }

    /** The record. */
    public Device build() {
      return new Device(path, type, major, minor, fileMode, uid, gid);
    }
  }
}
