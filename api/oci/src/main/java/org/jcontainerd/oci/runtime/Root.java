package org.jcontainerd.oci.runtime;

import org.jcontainerd.oci.json.Json;

/**
 * The root file system of a container.
 *
 * @param path directory, absolute or relative to the bundle
 * @param readonly whether it is mounted read-only
 */
public record Root(@Json(always = true) String path, boolean readonly) {}
