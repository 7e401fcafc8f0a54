package org.jcontainerd.jrunc.seccomp;

import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;

/**
 * What a filter answers, as the kernel encodes it (linux/seccomp.h, SECCOMP_RET_*).
 *
 * @param value the value that the program returns
 */
record Action(int value) {
  static final List<String> NAMES =
      List.of(
          "SCMP_ACT_ALLOW",
          "SCMP_ACT_ERRNO",
          "SCMP_ACT_KILL",
          "SCMP_ACT_KILL_PROCESS",
          "SCMP_ACT_KILL_THREAD",
          "SCMP_ACT_LOG",
          "SCMP_ACT_NOTIFY",
          "SCMP_ACT_TRACE",
          "SCMP_ACT_TRAP");

  static final Action KILL_THREAD = new Action(0);
  static final Action ALLOW = new Action(0x7FFF0000);
  static final Action LOG = new Action(0x7FFC0000);
  static final Action NOTIFY = new Action(0x7FC00000);
  private static final int ERRNO = 0x00050000;
  private static final int TRACE = 0x7FF00000;
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;

  /**
   * For calls that are newer than the profile, as runc answers: programs then try the older call.
   */
  static final Action NOT_IMPLEMENTED = new Action(ERRNO | ENOSYS);

  /**
   * Reads an action of a profile.
   *
   * @param field where it stands, for the failure
   * @param number errno of SCMP_ACT_ERRNO, message of SCMP_ACT_TRACE; EPERM if empty, as in runc
   */
  static Action parse(String field, String name, Optional<Integer> number)
      throws RuncFailure.InvalidArgument {
    int data = number.orElse(EPERM);
    if (data < 0 || data > 0xFFFF) {
      throw new RuncFailure.InvalidArgument(field, "errno " + data + " is not in 0 to 65535");
    }
    return switch (name) {
      case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD" -> KILL_THREAD;
      case "SCMP_ACT_KILL_PROCESS" -> new Action(0x80000000);
      case "SCMP_ACT_TRAP" -> new Action(0x00030000);
      case "SCMP_ACT_ERRNO" -> new Action(ERRNO | data);
      case "SCMP_ACT_TRACE" -> new Action(TRACE | data);
      case "SCMP_ACT_LOG" -> LOG;
      case "SCMP_ACT_ALLOW" -> ALLOW;
      case "SCMP_ACT_NOTIFY" -> NOTIFY;
      default -> throw new RuncFailure.InvalidArgument(field, "unknown action '" + name + "'");
    };
  }

  /** Whether calls pass with this action, so that those newer than the profile may as well. */
  boolean passes() {
    return equals(ALLOW) || equals(LOG) || (value & 0xFFFF0000) == TRACE;
  }
}
