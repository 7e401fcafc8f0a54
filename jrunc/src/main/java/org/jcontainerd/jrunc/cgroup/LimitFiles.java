package org.jcontainerd.jrunc.cgroup;

/** Which files a container's cgroup has: some limits have a file of another name elsewhere. */
@FunctionalInterface
interface LimitFiles {
  /**
   * @param controller of v1; "" is the unified tree
   */
  boolean has(String controller, String file);
}
