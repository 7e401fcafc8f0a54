package org.jcontainerd.oci.runtime;

import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * RDMA limits of one device.
 *
 * @param hcaHandles handles
 * @param hcaObjects objects
 */
public record Rdma(
    @Json(unsigned = 32) Optional<Long> hcaHandles,
    @Json(unsigned = 32) Optional<Long> hcaObjects) {}
