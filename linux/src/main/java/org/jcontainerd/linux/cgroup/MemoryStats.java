package org.jcontainerd.linux.cgroup;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Memory of a cgroup and everything below it.
 *
 * @param usageBytes all that is charged, caches included
 * @param inactiveFileBytes caches that nobody has used lately
 * @param rssBytes anonymous memory
 * @param cacheBytes page cache, tmpfs included
 * @param limitBytes empty: none
 * @param swapBytes empty: not counted
 * @param oomKills processes killed for want of memory; empty if the kernel does not count them
 */
public record MemoryStats(
    long usageBytes,
    long inactiveFileBytes,
    long rssBytes,
    long cacheBytes,
    long pageFaults,
    long majorPageFaults,
    OptionalLong limitBytes,
    OptionalLong swapBytes,
    OptionalLong oomKills,
    Optional<Pressure> pressure) {

  /** What cannot be reclaimed easily: what the kubelet calls working set. */
  public long workingSetBytes() {
    return Math.max(0, usageBytes - inactiveFileBytes);
  }

  /** What is left until the limit, counted from the working set; empty without a limit. */
  public OptionalLong availableBytes() {
    return limitBytes.isPresent()
        ? OptionalLong.of(Math.max(0, limitBytes.getAsLong() - workingSetBytes()))
        : OptionalLong.empty();
  }
}
