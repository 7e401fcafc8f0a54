package org.jcontainerd.linux.cgroup;

import java.util.Optional;

/**
 * CPU time of a cgroup and everything below it, since it was made.
 *
 * @param userNanos in user mode; of version 1 in steps of 10 ms
 * @param systemNanos likewise in the kernel
 * @param throttling by a quota, of a cgroup that can have one
 * @param pressure if the kernel measures it
 */
public record CpuStats(
    long usageNanos,
    long userNanos,
    long systemNanos,
    Optional<Throttling> throttling,
    Optional<Pressure> pressure) {

  /** How often and how long a quota stopped the cgroup. */
  public record Throttling(long periods, long throttledPeriods, long throttledNanos) {}
}
