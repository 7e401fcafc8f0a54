package org.jcontainerd.jrunc;

import java.util.Locale;

/** The status of a container as the kernel shows it now. */
public enum ContainerStatus {
  /** The process is being prepared. */
  CREATING,
  /** The process waits for {@code start}. */
  CREATED,
  /** The user's program was executed. */
  RUNNING,
  /** The cgroup is frozen. */
  PAUSED,
  /** The process has ended. */
  STOPPED;

  /** The word of the runtime-spec. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
