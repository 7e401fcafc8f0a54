package org.jcontainerd.oci.runtime;

import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * Numeric identity of a process. Ids are 32-bit unsigned numbers of the container's user namespace.
 *
 * @param uid user id
 * @param gid group id
 * @param umask file mode creation mask; absent means the default of the runtime
 * @param additionalGids supplementary groups
 */
public record User(
    @Json(unsigned = 32, always = true) long uid,
    @Json(unsigned = 32, always = true) long gid,
    @Json(unsigned = 32) Optional<Long> umask,
    @Json(unsigned = 32) List<Long> additionalGids) {
  public User {
    additionalGids = List.copyOf(additionalGids);
  }

  /** root without supplementary groups. */
  public static User root() {
    return new User(0, 0, Optional.empty(), List.of());
  }
}
