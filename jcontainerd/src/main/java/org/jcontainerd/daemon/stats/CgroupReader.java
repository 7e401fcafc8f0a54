package org.jcontainerd.daemon.stats;

import java.io.IOException;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.cgroup.CgroupStats;
import org.jcontainerd.linux.cgroup.MemoryStats;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads cgroups; everything that is counted anywhere comes from here. Thread-safe. */
public record CgroupReader(CgroupLayout layout) {
  private static final Logger log = LoggerFactory.getLogger(CgroupReader.class);

  public CgroupStats read(String cgroupPath) throws IOException {
    return CgroupStats.read(layout, cgroupPath);
  }

  /** Whether the kernel killed something in the cgroup for want of memory. */
  public boolean oomKilled(String cgroupPath) {
    try {
      return CgroupStats.memory(layout, cgroupPath)
          .map(MemoryStats::oomKills)
          .filter(kills -> kills.isPresent() && kills.getAsLong() > 0)
          .isPresent();
    } catch (LinuxException e) {
      // the exit is recorded anyway, with less of a reason
      log.atWarn().setCause(e).addKeyValue("cgroup", cgroupPath).log("memory events not readable");
      return false;
    }
  }
}
