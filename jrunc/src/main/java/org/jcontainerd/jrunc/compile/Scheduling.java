package org.jcontainerd.jrunc.compile;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.Bits;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.oci.runtime.IoPriority;
import org.jcontainerd.oci.runtime.MemoryPolicy;
import org.jcontainerd.oci.runtime.Personality;
import org.jcontainerd.oci.runtime.Scheduler;

/** Scheduling, I/O priority, memory policy and personality to steps. */
final class Scheduling {
  private static final Map<String, Integer> POLICIES =
      Map.of(
          "SCHED_OTHER", 0,
          "SCHED_FIFO", 1,
          "SCHED_RR", 2,
          "SCHED_BATCH", 3,
          "SCHED_ISO", 4,
          "SCHED_IDLE", 5,
          "SCHED_DEADLINE", 6);
  private static final List<String> FLAGS =
      List.of(
          "SCHED_FLAG_RESET_ON_FORK",
          "SCHED_FLAG_RECLAIM",
          "SCHED_FLAG_DL_OVERRUN",
          "SCHED_FLAG_KEEP_POLICY",
          "SCHED_FLAG_KEEP_PARAMS",
          "SCHED_FLAG_UTIL_CLAMP_MIN",
          "SCHED_FLAG_UTIL_CLAMP_MAX");
  private static final List<String> MEMORY_MODES =
      List.of(
          "MPOL_DEFAULT",
          "MPOL_PREFERRED",
          "MPOL_BIND",
          "MPOL_INTERLEAVE",
          "MPOL_LOCAL",
          "MPOL_PREFERRED_MANY",
          "MPOL_WEIGHTED_INTERLEAVE");
  private static final Map<String, Integer> MEMORY_FLAGS =
      Map.of(
          "MPOL_F_STATIC_NODES", 1 << 15,
          "MPOL_F_RELATIVE_NODES", 1 << 14,
          "MPOL_F_NUMA_BALANCING", 1 << 13);
  private static final int IO_CLASS_SHIFT = 13;
  private static final int MOST_NUMBERS = 1024;

  private Scheduling() {}

  static List<String> memoryModes() {
    return MEMORY_MODES;
  }

  static List<String> memoryFlags() {
    return MEMORY_FLAGS.keySet().stream().sorted().toList();
  }

  static ProcessStep.Scheduler scheduler(Scheduler wanted) throws RuncFailure.InvalidArgument {
    String field = "process.scheduler.";
    long flags = 0;
    for (String flag : wanted.flags()) {
      flags |= 1L << index(field + "flags", FLAGS, flag);
    }
    Integer policy = POLICIES.get(wanted.policy());
    if (policy == null) {
      throw new RuncFailure.InvalidArgument(
          field + "policy", "unknown policy '" + wanted.policy() + "'");
    }
    return new ProcessStep.Scheduler(
        policy,
        flags,
        wanted.nice(),
        wanted.priority(),
        wanted.runtime(),
        wanted.deadline(),
        wanted.period());
  }

  static ProcessStep.IoPriority ioPriority(IoPriority wanted) throws RuncFailure.InvalidArgument {
    String field = "process.ioPriority";
    int ioClass =
        1
            + index(
                field + ".class",
                List.of("IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE"),
                wanted.ioClass());
    if (wanted.priority() < 0 || wanted.priority() > 7) {
      throw new RuncFailure.InvalidArgument(
          field + ".priority", wanted.priority() + " is not in 0 to 7");
    }
    return new ProcessStep.IoPriority(ioClass << IO_CLASS_SHIFT | wanted.priority());
  }

  static ProcessStep.MemoryPolicy memoryPolicy(MemoryPolicy wanted)
      throws RuncFailure.InvalidArgument {
    String field = "linux.memoryPolicy.";
    int mode = index(field + "mode", MEMORY_MODES, wanted.mode());
    for (String flag : wanted.flags()) {
      Integer bit = MEMORY_FLAGS.get(flag);
      if (bit == null) {
        throw new RuncFailure.InvalidArgument(field + "flags", "unknown flag '" + flag + "'");
      }
      mode |= bit;
    }
    return new ProcessStep.MemoryPolicy(mode, numbers(field + "nodes", wanted.nodes()));
  }

  static ProcessStep.Personality personality(Personality wanted)
      throws RuncFailure.InvalidArgument {
    return switch (wanted.domain()) {
      case "LINUX" -> new ProcessStep.Personality(0);
      case "LINUX32" -> new ProcessStep.Personality(8);
      default ->
          throw new RuncFailure.InvalidArgument(
              "linux.personality.domain", "unknown domain '" + wanted.domain() + "'");
    };
  }

  /** A list such as {@code 0-3,7} as bits. */
  static Bits numbers(String field, String list) throws RuncFailure.InvalidArgument {
    var bits = new BitSet();
    for (String part : list.isEmpty() ? new String[0] : list.split(",")) {
      String[] ends = part.strip().split("-", -1);
      try {
        int first = Integer.parseInt(ends[0]);
        int last = ends.length == 1 ? first : Integer.parseInt(ends[1]);
        if (ends.length > 2 || first < 0 || last < first || last >= MOST_NUMBERS) {
          throw new NumberFormatException(part);
        }
        bits.set(first, last + 1);
      } catch (NumberFormatException e) {
        throw new RuncFailure.InvalidArgument(field, "'" + list + "' is not a list of numbers", e);
      }
    }
    return Bits.of(bits.toByteArray());
  }

  private static int index(String field, List<String> names, String name)
      throws RuncFailure.InvalidArgument {
    int index = names.indexOf(name);
    if (index < 0) {
      throw new RuncFailure.InvalidArgument(field, "unknown value '" + name + "'");
    }
    return index;
  }
}
