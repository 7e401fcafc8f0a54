package org.jcontainerd.oci.runtime;

import org.jcontainerd.oci.json.Json;

/**
 * Size of a terminal in characters.
 *
 * @param height rows
 * @param width columns
 */
public record ConsoleSize(@Json(always = true) int height, @Json(always = true) int width) {}
