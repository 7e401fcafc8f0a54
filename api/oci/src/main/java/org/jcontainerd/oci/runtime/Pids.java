package org.jcontainerd.oci.runtime;

import java.util.Optional;

/**
 * Limit of the number of tasks.
 *
 * @param limit most tasks; -1 is unlimited
 */
public record Pids(Optional<Long> limit) {}
