package org.jcontainerd.oci.runtime;

import org.jcontainerd.oci.json.Json;

/**
 * Priority of packets on an interface.
 *
 * @param name interface
 * @param priority priority
 */
public record InterfacePriority(
    @Json(always = true) String name, @Json(unsigned = 32, always = true) long priority) {}
