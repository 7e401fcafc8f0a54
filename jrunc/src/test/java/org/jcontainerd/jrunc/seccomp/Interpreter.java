package org.jcontainerd.jrunc.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jcontainerd.oci.runtime.Seccomp;

/**
 * Answers calls from the profile itself, rule by rule, without compiling it: what the specification
 * and runc say, written down a second time. For calls of x86-64.
 */
final class Interpreter {
  private static final Architecture ARCHITECTURE = Architecture.X86_64;
  private final Profile profile;
  private final SyscallTable table;

  Interpreter(Seccomp seccomp, SyscallTable table) throws Exception {
    this.profile = Profile.parse(seccomp, ARCHITECTURE);
    this.table = table;
  }

  int answer(int number, long... arguments) {
    Action fallback = profile.defaultAction();
    if (!fallback.passes() && newest() > 0 && number > newest()) {
      return Action.NOT_IMPLEMENTED.value();
    }
    var cases = new ArrayList<Verdicts.Case>();
    for (Profile.Rule rule : profile.rules()) {
      boolean about =
          rule.names().stream().anyMatch(name -> isNumber(name, number))
              && !rule.action().equals(fallback);
      if (about) {
        List<List<Comparison>> ways =
            rule.alternatives().isEmpty() ? List.of(List.of()) : rule.alternatives();
        ways.forEach(all -> cases.add(new Verdicts.Case(real(all), rule.action())));
      }
    }
    for (Verdicts.Case one : cases) {
      if (one.conditions().isEmpty()) {
        return one.action().value();
      }
    }
    cases.sort(new CaseOrder(true));
    return cases.stream()
        .filter(one -> one.conditions().stream().allMatch(c -> holds(c, arguments[c.index()])))
        .findFirst()
        .map(Verdicts.Case::action)
        .orElse(fallback)
        .value();
  }

  private int newest() {
    return profile.rules().stream()
        .flatMap(rule -> rule.names().stream())
        .mapToInt(name -> table.number(ARCHITECTURE, name).orElse(0))
        .max()
        .orElse(0);
  }

  private boolean isNumber(String name, int number) {
    OptionalInt of = table.number(ARCHITECTURE, name);
    return of.isPresent() && of.getAsInt() == number;
  }

  private static List<Comparison> real(List<Comparison> all) {
    return all.stream()
        .filter(c -> c.operator() != Comparison.Operator.MASKED_EQ || c.mask() != 0)
        .toList();
  }

  private static boolean holds(Comparison comparison, long argument) {
    int order = Long.compareUnsigned(argument, comparison.value());
    return switch (comparison.operator()) {
      case NE -> order != 0;
      case LT -> order < 0;
      case LE -> order <= 0;
      case EQ -> order == 0;
      case GE -> order >= 0;
      case GT -> order > 0;
      case MASKED_EQ -> (argument & comparison.mask()) == comparison.value();
    };
  }
}
