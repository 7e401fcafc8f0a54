package org.jcontainerd.oci.runtime;

import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * A rule of the device cgroup.
 *
 * @param allow allow or deny
 * @param type a (all), c or b; "" is all
 * @param major major number; absent is all
 * @param minor minor number; absent is all
 * @param access letters of rwm; "" is none
 */
public record DeviceRule(
    @Json(always = true) boolean allow,
    String type,
    Optional<Long> major,
    Optional<Long> minor,
    String access) {}
