package org.jcontainerd.jrunc.launch;

/**
 * A process that cannot be confused with a later one of the same number; immutable.
 *
 * @param pid in our pid namespace
 * @param startTicks field 22 of /proc/PID/stat
 */
public record ProcessIdentity(int pid, long startTicks) {}
