package org.jcontainerd.oci.runtime;

import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * Weight of a block device.
 *
 * @param major major number
 * @param minor minor number
 * @param weight 10 to 1000
 * @param leafWeight weight against child cgroups
 */
public record WeightDevice(
    @Json(always = true) long major,
    @Json(always = true) long minor,
    @Json(unsigned = 16) Optional<Integer> weight,
    @Json(unsigned = 16) Optional<Integer> leafWeight) {}
