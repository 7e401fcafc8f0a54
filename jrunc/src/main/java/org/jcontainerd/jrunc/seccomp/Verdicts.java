package org.jcontainerd.jrunc.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What a profile answers on one architecture, by number: runs of numbers with the same verdict.
 *
 * @param runs in ascending order, the first from 0
 * @param last the highest number that the profile names; 0 if it names none
 */
record Verdicts(List<Run> runs, int last) {

  /** Numbers from {@code first} up to the next run. */
  record Run(int first, Verdict verdict) {}

  /**
   * The answer to one call.
   *
   * @param cases tried in order
   * @param otherwise answer if no case holds
   */
  record Verdict(List<Case> cases, Action otherwise) {}

  /** An answer under conditions that must all hold. */
  record Case(List<Comparison> conditions, Action action) {}

  static Verdicts of(Profile profile, Architecture architecture, SyscallTable table) {
    Action fallback = profile.defaultAction();
    var byNumber = new TreeMap<Integer, Verdict>();
    int last = 0;
    for (Profile.Rule rule : profile.rules()) {
      for (String name : rule.names()) {
        OptionalInt number = table.number(architecture, name);
        last = Math.max(last, number.orElse(0));
        if (rule.action().equals(fallback)) {
          continue; // says nothing new; runc leaves it out as well
        }
        if (number.isPresent()) {
          byNumber.merge(number.getAsInt(), verdict(rule, fallback), Verdicts::join);
        }
        var other = architecture.multiplexer(name);
        if (other.isPresent()) {
          int old = table.number(architecture, other.get().call()).orElseThrow();
          var way = new Verdict(multiplexed(rule, other.get()), fallback);
          byNumber.merge(old, way, Verdicts::join);
        }
      }
    }
    int origin = architecture == Architecture.X32 ? Architecture.X32_BIT : 0;
    return new Verdicts(runs(byNumber, origin, new Verdict(List.of(), fallback)), last);
  }

  private static Verdict verdict(Profile.Rule rule, Action fallback) {
    return rule.alternatives().isEmpty()
        ? new Verdict(List.of(), rule.action())
        : new Verdict(
            rule.alternatives().stream().map(all -> new Case(all, rule.action())).toList(),
            fallback);
  }

  /** Through the old call the first argument is taken; the others lie in memory, out of sight. */
  private static List<Case> multiplexed(Profile.Rule rule, Multiplexer other) {
    return List.of(new Case(List.of(Comparison.equal(0, other.code())), rule.action()));
  }

  /** An unconditional rule outweighs conditional ones, the earlier of two stands: as libseccomp. */
  private static Verdict join(Verdict earlier, Verdict later) {
    if (earlier.cases().isEmpty()) {
      return earlier;
    } else if (later.cases().isEmpty()) {
      return later;
    }
    var cases = new ArrayList<>(earlier.cases());
    cases.addAll(later.cases());
    return new Verdict(List.copyOf(cases), earlier.otherwise());
  }

  private static List<Run> runs(TreeMap<Integer, Verdict> byNumber, int origin, Verdict fallback) {
    var runs = new ArrayList<Run>();
    runs.add(new Run(0, fallback));
    int next = origin;
    for (var entry : byNumber.entrySet()) {
      if (entry.getKey() > next) {
        append(runs, next, fallback);
      }
      append(runs, entry.getKey(), entry.getValue());
      next = entry.getKey() + 1;
    }
    append(runs, next, fallback);
    return List.copyOf(runs);
  }

  private static void append(List<Run> runs, int first, Verdict verdict) {
    Run before = runs.get(runs.size() - 1);
    if (before.first() == first) {
      runs.set(runs.size() - 1, new Run(first, verdict));
    } else if (!before.verdict().equals(verdict)) {
      runs.add(new Run(first, verdict));
    }
  }
}
