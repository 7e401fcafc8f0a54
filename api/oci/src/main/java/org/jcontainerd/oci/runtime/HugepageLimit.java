package org.jcontainerd.oci.runtime;

import org.jcontainerd.oci.json.Json;

/**
 * Limit of huge pages of one size.
 *
 * @param pageSize for example 2MB
 * @param limit bytes
 */
public record HugepageLimit(
    @Json(always = true) String pageSize, @Json(unsigned = 64, always = true) long limit) {}
