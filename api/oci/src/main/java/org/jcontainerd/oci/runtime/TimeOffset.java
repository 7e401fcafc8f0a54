package org.jcontainerd.oci.runtime;

import org.jcontainerd.oci.json.Json;

/**
 * Offset of a clock in a time namespace.
 *
 * @param secs seconds
 * @param nanosecs nanoseconds
 */
public record TimeOffset(long secs, @Json(unsigned = 32) long nanosecs) {}
