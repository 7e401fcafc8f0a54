package org.jcontainerd.daemon.container;

import java.time.Instant;

/**
 * How a container ended.
 *
 * @param code exit code, 128 + signal when killed
 * @param reason one of the constants here; kubelet matches {@link #OOM_KILLED}
 * @param message more, for people; may be empty
 */
public record Exit(int code, Instant at, String reason, String message) {
  /** Ended with code 0. */
  public static final String COMPLETED = "Completed";

  /** Ended with another code. */
  public static final String ERROR = "Error";

  /** The kernel killed it because a memory limit was reached. */
  public static final String OOM_KILLED = "OOMKilled";

  /** It could not be started; code 128. */
  public static final String START_ERROR = "StartError";

  /** It is gone and nobody saw how; code 255. */
  public static final String UNKNOWN = "Unknown";

  private static final int KILLED = 137;

  /** An exit that the shim reported. */
  public static Exit of(int code, Instant at, boolean oomKilled) {
    // only a death by SIGKILL can be the kernel's: a counter of the cgroup alone also counts a
    // child that the process survived (kubernetes#140716)
    if (code == KILLED && oomKilled) {
      return new Exit(code, at, OOM_KILLED, "");
    }
    return new Exit(code, at, code == 0 ? COMPLETED : ERROR, "");
  }

  public static Exit startError(Instant at, String message) {
    return new Exit(128, at, START_ERROR, message);
  }

  public static Exit unknown(Instant at, String message) {
    return new Exit(255, at, UNKNOWN, message);
  }
}
