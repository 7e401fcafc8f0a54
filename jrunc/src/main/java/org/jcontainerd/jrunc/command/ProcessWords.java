package org.jcontainerd.jrunc.command;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jcontainerd.jrunc.compile.CapabilityNames;
import org.jcontainerd.jrunc.compile.ResourceLimits;
import org.jcontainerd.jrunc.plan.ProcessStep;

/** Steps of the process on itself, in words. */
final class ProcessWords {
  private static final List<String> CAPABILITIES = CapabilityNames.upTo(63);
  private static final int FILTER_INSTRUCTION = 8;

  private ProcessWords() {}

  static String of(ProcessStep step) {
    return switch (step) {
      case ProcessStep.Await _ -> "waits until the helper has done its part";
      case ProcessStep.Fork _ -> "goes on as a child in the pid namespace";
      case ProcessStep.EnterCgroup cgroup -> "enters its cgroup (" + cgroup.tasks().name() + ")";
      case ProcessStep.LetGo _ -> "closes what the container must not find with it";
      case ProcessStep.Hostname name -> "sets the host name to " + name.name();
      case ProcessStep.Domainname name -> "sets the domain name to " + name.name();
      case ProcessStep.LoopbackUp _ -> "brings the interface lo up";
      case ProcessStep.Rlimit limit ->
          "limits "
              + ResourceLimits.nameOf(limit.resource())
              + " to "
              + amount(limit.soft())
              + ", at most "
              + amount(limit.hard());
      case ProcessStep.Umask umask -> "sets the umask to " + Integer.toOctalString(umask.mask());
      case ProcessStep.Keyring ring -> "joins a new session keyring " + ring.name();
      case ProcessStep.Personality persona ->
          "sets the personality to 0x" + Long.toHexString(persona.persona());
      case ProcessStep.Scheduler scheduler -> scheduler(scheduler);
      case ProcessStep.IoPriority priority ->
          "sets the I/O priority to class %d, level %d"
              .formatted(priority.priority() >> 13, priority.priority() & 7);
      case ProcessStep.MemoryPolicy policy ->
          "sets the memory policy to mode %d on nodes %s"
              .formatted(policy.mode() & 0xFF, PlanWords.numbers(policy.nodes()));
      case ProcessStep.BoundingSet set ->
          "gives up for ever all capabilities but " + capabilities(set.mask());
      case ProcessStep.KeepCapabilities keep ->
          keep.keep() ? "keeps capabilities when the user changes" : "no longer keeps capabilities";
      case ProcessStep.Identity identity -> identity(identity);
      case ProcessStep.Capabilities sets -> capabilities(sets);
      case ProcessStep.NoNewPrivileges _ -> "gives up gaining privileges by exec (no_new_privs)";
      case ProcessStep.Seccomp seccomp ->
          "installs a system call filter of "
              + seccomp.program().length() / FILTER_INSTRUCTION
              + " instructions"
              + ((seccomp.flags() & ProcessStep.Seccomp.NEW_LISTENER) != 0
                  ? " that asks an agent"
                  : "");
      case ProcessStep.Chdir directory -> "changes into " + directory.path();
      case ProcessStep.FindProgram program ->
          program.name().contains("/")
              ? "looks for the program " + program.name()
              : "looks for the program " + program.name() + " in " + program.searchPath();
      case ProcessStep.Descriptors descriptors -> descriptors(descriptors);
      case ProcessStep.OwnStdio own -> "gives the standard streams to user " + own.uid();
      case ProcessStep.Sync sync -> "waits for the hooks of " + sync.tag();
      case ProcessStep.Ready _ -> "waits for the start";
      case ProcessStep.WaitFifo _ -> "waits for the start";
      case ProcessStep.Exec exec ->
          "runs "
              + String.join(" ", exec.arguments()).replace("\n", "\\n")
              + PlanWords.bracketed(List.of(exec.environment().size() + " variables"));
    };
  }

  private static String amount(long value) {
    return value == -1 ? "no limit" : Long.toUnsignedString(value);
  }

  private static String scheduler(ProcessStep.Scheduler scheduler) {
    return "sets the scheduling policy to %d, nice %d, priority %d"
            .formatted(scheduler.policy(), scheduler.nice(), scheduler.priority())
        + (scheduler.periodNanos() == 0
            ? ""
            : ", %d ns of %d ns".formatted(scheduler.runtimeNanos(), scheduler.periodNanos()));
  }

  private static String identity(ProcessStep.Identity identity) {
    String groups =
        identity.groups().stream().map(Integer::toUnsignedString).collect(Collectors.joining(", "));
    return "becomes user "
        + Integer.toUnsignedString(identity.uid())
        + ", group "
        + Integer.toUnsignedString(identity.gid())
        + (groups.isEmpty() ? "" : ", with the groups " + groups);
  }

  private static String capabilities(ProcessStep.Capabilities sets) {
    if (sets.effective() == sets.permitted() && sets.inheritable() == 0 && sets.ambient() == 0) {
      return "keeps " + capabilities(sets.permitted());
    }
    return "sets capabilities: effective %s; permitted %s; inheritable %s; ambient %s"
        .formatted(
            capabilities(sets.effective()),
            capabilities(sets.permitted()),
            capabilities(sets.inheritable()),
            capabilities(sets.ambient()));
  }

  private static String capabilities(long mask) {
    var names = new ArrayList<String>();
    for (int i = 0; i < CAPABILITIES.size(); i++) {
      if ((mask & 1L << i) != 0) {
        names.add(CAPABILITIES.get(i));
      }
    }
    return names.isEmpty()
        ? "no capability"
        : names.size() == CAPABILITIES.size() ? "all capabilities" : String.join(", ", names);
  }

  private static String descriptors(ProcessStep.Descriptors descriptors) {
    return "has open "
        + new TreeMap<>(descriptors.numbers())
            .entrySet().stream()
                .map(one -> one.getKey() + " (" + one.getValue().name() + ")")
                .collect(Collectors.joining(", "))
        + " and nothing else";
  }
}
