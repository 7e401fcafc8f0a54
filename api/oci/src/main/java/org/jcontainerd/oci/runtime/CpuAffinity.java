package org.jcontainerd.oci.runtime;

import org.jcontainerd.oci.json.Json;

/**
 * CPU lists for entering a container with {@code exec}.
 *
 * @param initial CPUs while the runtime prepares the process
 * @param last CPUs once it is in the container's cgroup
 */
public record CpuAffinity(String initial, @Json(name = "final") String last) {}
