package org.jcontainerd.oci.runtime;

import org.jcontainerd.oci.json.Json;

/**
 * I/O priority (ioprio_set(2)).
 *
 * @param ioClass {@code IOPRIO_CLASS_RT}, {@code _BE} or {@code _IDLE}
 * @param priority level inside the class, 0 (highest) to 7
 */
public record IoPriority(
    @Json(name = "class", always = true) String ioClass, @Json(always = true) int priority) {}
