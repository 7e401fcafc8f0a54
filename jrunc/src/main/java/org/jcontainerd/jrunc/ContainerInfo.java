package org.jcontainerd.jrunc;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A container as seen at one moment.
 *
 * @param id the container
 * @param status computed from the kernel when this was asked
 * @param pid the init process; empty when it has ended
 * @param bundle the bundle directory
 * @param rootfs the root directory on the host
 * @param created when it was created
 * @param owner user name (or number) that created it
 * @param annotations of the configuration
 */
public record ContainerInfo(
    String id,
    ContainerStatus status,
    OptionalInt pid,
    Path bundle,
    Path rootfs,
    Instant created,
    String owner,
    Map<String, String> annotations) {}
