package org.jcontainerd.linux.cgroup;

import java.util.OptionalLong;

/**
 * Tasks (threads count too) of a cgroup and everything below it.
 *
 * @param limit empty: none
 */
public record PidsStats(long current, OptionalLong limit) {}
