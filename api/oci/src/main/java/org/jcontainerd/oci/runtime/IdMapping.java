package org.jcontainerd.oci.runtime;

import org.jcontainerd.oci.json.Json;

/**
 * A range of ids (user_namespaces(7)).
 *
 * @param containerId first id inside
 * @param hostId first id outside
 * @param size how many
 */
public record IdMapping(
    @Json(name = "containerID", unsigned = 32, always = true) long containerId,
    @Json(name = "hostID", unsigned = 32, always = true) long hostId,
    @Json(unsigned = 32, always = true) long size) {}
