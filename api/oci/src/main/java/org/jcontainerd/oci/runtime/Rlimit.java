package org.jcontainerd.oci.runtime;

import org.jcontainerd.oci.json.Json;

/**
 * A resource limit (getrlimit(2)). Values are 64-bit unsigned; -1 is RLIM_INFINITY.
 *
 * @param type name, for example {@code RLIMIT_NOFILE}
 * @param hard hard limit
 * @param soft soft limit
 */
public record Rlimit(
    @Json(always = true) String type,
    @Json(unsigned = 64, always = true) long hard,
    @Json(unsigned = 64, always = true) long soft) {}
