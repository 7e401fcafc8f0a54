package org.jcontainerd.jshim.service;

import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.CgroupLayout;

/** Finds the cgroup whose numbers are a task's. */
final class TaskCgroup {
  private static final String SHARED = "/";

  private TaskCgroup() {}

  /** The path below the hierarchy that counts memory; "" if the process is in the root cgroup. */
  static String of(CgroupLayout layout, int pid) throws LinuxException {
    var paths = layout.ofProcess(pid);
    return layout.of("memory").map(paths::get).filter(path -> !path.equals(SHARED)).orElse("");
  }
}
