package org.jcontainerd.jrunc.compile;

import java.util.HashSet;
import java.util.List;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.oci.runtime.Rlimit;

/** Resource limits (getrlimit(2)) to steps. */
public final class ResourceLimits {
  /** Names by number (asm-generic/resource.h). */
  private static final List<String> NAMES =
      List.of(
          "RLIMIT_CPU",
          "RLIMIT_FSIZE",
          "RLIMIT_DATA",
          "RLIMIT_STACK",
          "RLIMIT_CORE",
          "RLIMIT_RSS",
          "RLIMIT_NPROC",
          "RLIMIT_NOFILE",
          "RLIMIT_MEMLOCK",
          "RLIMIT_AS",
          "RLIMIT_LOCKS",
          "RLIMIT_SIGPENDING",
          "RLIMIT_MSGQUEUE",
          "RLIMIT_NICE",
          "RLIMIT_RTPRIO",
          "RLIMIT_RTTIME");

  private ResourceLimits() {}

  /**
   * Adds a step per limit. A hard limit above what the runtime has is lowered to that, with a
   * warning, if the runtime may not raise it: the kernel would refuse the whole process.
   */
  static void compile(StepList steps, List<Rlimit> limits, HostFacts host, boolean mayRaise)
      throws RuncFailure.InvalidArgument {
    var seen = new HashSet<String>();
    for (int i = 0; i < limits.size(); i++) {
      Rlimit limit = limits.get(i);
      String field = "process.rlimits[" + i + "]";
      int resource = NAMES.indexOf(limit.type());
      if (resource < 0) {
        throw new RuncFailure.InvalidArgument(
            field + ".type", "unknown resource limit '" + limit.type() + "'");
      }
      if (!seen.add(limit.type())) {
        throw new RuncFailure.InvalidArgument(
            field + ".type", "'" + limit.type() + "' is there twice");
      }
      long hard = limit.hard();
      long soft = limit.soft();
      if (Long.compareUnsigned(soft, hard) > 0) {
        throw new RuncFailure.InvalidArgument(
            field + ".soft", shown(soft) + " is above the hard limit, " + shown(hard));
      }
      long most = host.hardLimits().getOrDefault(resource, -1L);
      if (!mayRaise && Long.compareUnsigned(hard, most) > 0) {
        steps.warn(
            "%s: hard limit %s lowered to %s, the runtime has no CAP_SYS_RESOURCE"
                .formatted(limit.type(), shown(hard), shown(most)));
        hard = most;
        soft = Long.compareUnsigned(soft, most) > 0 ? most : soft;
      }
      steps.add(new ProcessStep.Rlimit(resource, soft, hard));
    }
  }

  /** The number of a limit as {@code /proc/self/limits} names it; -1 if it is none. */
  public static int numberOf(String name) {
    return NAMES.indexOf(name);
  }

  /** The name of a limit's number. */
  public static String nameOf(int resource) {
    return NAMES.get(resource);
  }

  private static String shown(long limit) {
    return limit == -1 ? "unlimited" : Long.toUnsignedString(limit);
  }
}
