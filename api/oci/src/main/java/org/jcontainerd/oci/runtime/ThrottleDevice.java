package org.jcontainerd.oci.runtime;

import org.jcontainerd.oci.json.Json;

/**
 * Rate limit of a block device.
 *
 * @param major major number
 * @param minor minor number
 * @param rate bytes or operations per second
 */
public record ThrottleDevice(
    @Json(always = true) long major,
    @Json(always = true) long minor,
    @Json(unsigned = 64, always = true) long rate) {}
