package org.jcontainerd.jrunc.seccomp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.SyscallRule;

/**
 * A checked seccomp profile: names turned into values, but not yet into numbers of an architecture.
 *
 * @param defaultAction what calls get that no rule names
 * @param architectures those that can occur on this machine, the machine's own always among them
 * @param flags SECCOMP_FILTER_FLAG_* bits
 */
record Profile(Action defaultAction, Set<Architecture> architectures, int flags, List<Rule> rules) {
  static final int FLAG_LOG = 1 << 1;
  static final int FLAG_SPEC_ALLOW = 1 << 2;
  static final int FLAG_NEW_LISTENER = 1 << 3;
  static final int FLAG_WAIT_KILLABLE_RECV = 1 << 5;
  static final List<String> FLAGS =
      List.of(
          "SECCOMP_FILTER_FLAG_TSYNC",
          "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
          "SECCOMP_FILTER_FLAG_LOG",
          "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");

  /**
   * Calls and what is answered if all conditions hold.
   *
   * @param alternatives each a list of conditions that must all hold; none means unconditional
   */
  record Rule(List<String> names, Action action, List<List<Comparison>> alternatives) {}

  static Profile parse(Seccomp seccomp, Architecture host) throws RuncFailure.InvalidArgument {
    String field = "linux.seccomp";
    Action defaultAction =
        Action.parse(field + ".defaultAction", seccomp.defaultAction(), seccomp.defaultErrnoRet());
    if (defaultAction.equals(Action.NOTIFY)) {
      throw new RuncFailure.InvalidArgument(
          field + ".defaultAction", "SCMP_ACT_NOTIFY cannot be the default action");
    }
    var rules = new ArrayList<Rule>(seccomp.syscalls().size());
    for (int i = 0; i < seccomp.syscalls().size(); i++) {
      rules.add(rule(field + ".syscalls[" + i + "]", seccomp.syscalls().get(i)));
    }
    boolean notifies = rules.stream().anyMatch(rule -> rule.action().equals(Action.NOTIFY));
    checkListener(field, seccomp, notifies);
    int flags = flags(field + ".flags", seccomp.flags(), notifies);
    return new Profile(
        defaultAction, architectures(field, seccomp.architectures(), host), flags, rules);
  }

  private static void checkListener(String field, Seccomp seccomp, boolean notifies)
      throws RuncFailure.InvalidArgument {
    if (notifies && seccomp.listenerPath().isEmpty()) {
      throw new RuncFailure.InvalidArgument(
          field + ".listenerPath", "is not set, but a rule has SCMP_ACT_NOTIFY");
    }
    if (!seccomp.listenerMetadata().isEmpty() && seccomp.listenerPath().isEmpty()) {
      throw new RuncFailure.InvalidArgument(
          field + ".listenerMetadata", "is set without a listenerPath that would get it");
    }
  }

  private static Set<Architecture> architectures(
      String field, List<String> names, Architecture host) throws RuncFailure.InvalidArgument {
    var found = EnumSet.of(host);
    for (int i = 0; i < names.size(); i++) {
      try {
        Optional<Architecture> architecture = Architecture.parse(names.get(i));
        architecture.filter(host.family()::contains).ifPresent(found::add);
      } catch (IllegalArgumentException e) {
        throw new RuncFailure.InvalidArgument(
            field + ".architectures[" + i + "]", String.valueOf(e.getMessage()), e);
      }
    }
    return found;
  }

  private static int flags(String field, Optional<List<String>> names, boolean notifies)
      throws RuncFailure.InvalidArgument {
    // runc and crun both: the mitigation that the flag turns off is a container's own business.
    int flags = names.isEmpty() ? FLAG_SPEC_ALLOW : 0;
    for (String name : names.orElseGet(List::of)) {
      OptionalInt flag = flag(name);
      if (flag.isEmpty()) {
        throw new RuncFailure.InvalidArgument(field, "unknown flag '" + name + "'");
      }
      flags |= flag.getAsInt();
    }
    if ((flags & FLAG_WAIT_KILLABLE_RECV) != 0 && !notifies) {
      throw new RuncFailure.InvalidArgument(
          field,
          "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs a rule with SCMP_ACT_NOTIFY, without one"
              + " the kernel refuses it");
    }
    return notifies ? flags | FLAG_NEW_LISTENER : flags;
  }

  /** The bits that a flag of a profile stands for; empty if there is no such flag. */
  static OptionalInt flag(String name) {
    return switch (name) {
      // One thread installs the filter and then executes the program: nothing to synchronize.
      case "SECCOMP_FILTER_FLAG_TSYNC" -> OptionalInt.of(0);
      case "SECCOMP_FILTER_FLAG_LOG" -> OptionalInt.of(FLAG_LOG);
      case "SECCOMP_FILTER_FLAG_SPEC_ALLOW" -> OptionalInt.of(FLAG_SPEC_ALLOW);
      case "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" -> OptionalInt.of(FLAG_WAIT_KILLABLE_RECV);
      default -> OptionalInt.empty();
    };
  }

  private static Rule rule(String field, SyscallRule rule) throws RuncFailure.InvalidArgument {
    Action action = Action.parse(field + ".action", rule.action(), rule.errnoRet());
    for (String name : rule.names()) {
      // With sendmsg the process hands the listener over, so nobody could answer before it did.
      // write is what runc does it with, and refuses; a profile should be good for both.
      if (action.equals(Action.NOTIFY) && (name.equals("write") || name.equals("sendmsg"))) {
        throw new RuncFailure.InvalidArgument(field, "SCMP_ACT_NOTIFY cannot be used for " + name);
      }
    }
    var comparisons = new ArrayList<Comparison>();
    for (int i = 0; i < rule.args().size(); i++) {
      comparisons.add(Comparison.parse(field + ".args[" + i + "]", rule.args().get(i)));
    }
    long arguments = comparisons.stream().map(Comparison::index).distinct().count();
    // Conditions on the same argument are alternatives, as in runc (its libcontainer always had it
    // so).
    List<List<Comparison>> alternatives =
        comparisons.isEmpty()
            ? List.of()
            : arguments < comparisons.size()
                ? comparisons.stream().map(List::of).toList()
                : List.of(
                    comparisons.stream()
                        .sorted(Comparator.comparingInt(Comparison::index))
                        .toList());
    return new Rule(rule.names(), action, alternatives);
  }
}
