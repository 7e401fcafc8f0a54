package org.jcontainerd.jshim.task;

import java.time.Instant;

/**
 * How a process ended. Immutable.
 *
 * @param code exit code, 128 + signal if one killed it, 255 if nobody could see
 * @param oomKilled whether the kernel killed something in the container's cgroup for want of memory
 */
public record Exit(int code, Instant at, boolean oomKilled) {
  /** The code of an exit that was not seen, as containerd has it. */
  public static final int UNSEEN = 255;
}
