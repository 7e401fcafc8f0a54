package org.jcontainerd.daemon.shim;

import java.time.Instant;

/**
 * How a process of a task ended.
 *
 * @param code exit code, 128 + signal when killed
 */
public record TaskExit(int code, Instant at) {}
