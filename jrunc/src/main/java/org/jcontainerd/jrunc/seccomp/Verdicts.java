package org.jcontainerd.jrunc.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What a profile answers on one architecture, by number: runs of numbers with the same verdict.
 *
 * @param runs in ascending (unsigned) order, the first from 0
 */
record Verdicts(List<Run> runs) {

  /**
   * Numbers from {@code first} up to the next run.
   *
   * @param calls how many calls of the profile are among them
   * @param single whether it is one number
   */
  record Run(int first, Verdict verdict, int calls, boolean single) {}

  /**
   * The answer to one call.
   *
   * @param cases as the profile has them; {@link CaseTree} says which of them counts
   * @param otherwise answer if no case holds
   * @param wide whether arguments have 64 bits, where there are cases
   */
  record Verdict(List<Case> cases, Action otherwise, boolean wide) {
    static Verdict always(Action action) {
      return new Verdict(List.of(), action, false);
    }
  }

  /**
   * An answer under conditions that must all hold.
   *
   * @param conditions by ascending number of the argument
   */
  record Case(List<Comparison> conditions, Action action) {}

  static Verdicts of(Profile profile, Architecture architecture, SyscallTable table) {
    NavigableMap<Integer, Verdict> known = byNumber(profile, architecture, table);
    Action fallback = profile.defaultAction();
    int origin = architecture == Architecture.X32 ? Architecture.X32_BIT : 0;
    int last = last(profile, architecture, table);
    boolean stub = !fallback.passes() && last != 0;
    var runs = new RunList(Verdict.always(fallback));
    int next = origin;
    for (var entry : (stub ? known.headMap(last, true) : known).entrySet()) {
      if (entry.getKey() > next) {
        runs.add(next, Verdict.always(fallback), 0);
      }
      runs.add(entry.getKey(), entry.getValue(), 1);
      next = entry.getKey() + 1;
    }
    runs.add(next, Verdict.always(fallback), 0);
    if (stub) {
      runs.add(last + 1, Verdict.always(Action.NOT_IMPLEMENTED), 0);
    }
    if (architecture == Architecture.X86_64
        && !profile.architectures().contains(Architecture.X32)) {
      runs.add(Architecture.X32_BIT, Verdict.always(Action.KILL_THREAD), 0);
      if (stub) { // without the bit it is no x32 call
        runs.add(0x8000_0000, Verdict.always(Action.NOT_IMPLEMENTED), 0);
        runs.add(0xC000_0000, Verdict.always(Action.KILL_THREAD), 0);
      }
      // -1 is what a tracer leaves to skip a call (seccomp(2)); it is no x32 call.
      runs.add(-1, Verdict.always(fallback), 0);
    }
    return new Verdicts(List.copyOf(runs.all));
  }

  /** These below a number, others from there on. */
  Verdicts until(int number, Verdicts others) {
    var all = new RunList(runs.getFirst().verdict());
    runs.forEach(run -> all.add(run.first(), run.verdict(), run.calls()));
    for (Run run : others.runs) {
      boolean above = Integer.compareUnsigned(run.first(), number) > 0;
      all.add(above ? run.first() : number, run.verdict(), run.calls());
    }
    return new Verdicts(List.copyOf(all.all));
  }

  private static NavigableMap<Integer, Verdict> byNumber(
      Profile profile, Architecture architecture, SyscallTable table) {
    Action fallback = profile.defaultAction();
    var known = new TreeMap<Integer, Verdict>();
    for (Profile.Rule rule : profile.rules()) {
      if (rule.action().equals(fallback)) {
        continue; // says nothing new; runc leaves it out as well
      }
      Verdict verdict = verdict(rule, fallback, architecture.wide());
      for (String name : rule.names()) {
        var old = architecture.multiplexer(name);
        if (old.isPresent()) {
          int number = table.number(architecture, old.get().call()).orElseThrow();
          Verdict through = verdict(multiplexed(rule, old.get()), fallback, architecture.wide());
          known.merge(number, through, Verdicts::join);
        }
        OptionalInt number = table.number(architecture, name);
        if (number.isPresent()) {
          known.merge(number.getAsInt(), verdict, Verdicts::join);
        }
      }
    }
    return known;
  }

  /**
   * The highest number that the profile names, 0 if it names none: calls beyond are newer than the
   * profile. As in runc (patchbpf, findLastSyscalls) rules count that say nothing new, and a call
   * that has a multiplexer does not, although it has a number of its own.
   */
  static int last(Profile profile, Architecture architecture, SyscallTable table) {
    return profile.rules().stream()
        .flatMap(rule -> rule.names().stream())
        .filter(name -> architecture.multiplexer(name).isEmpty())
        .mapToInt(name -> table.number(architecture, name).orElse(0))
        .max()
        .orElse(0);
  }

  private static Verdict verdict(Profile.Rule rule, Action fallback, boolean wide) {
    var cases = new ArrayList<Case>();
    for (List<Comparison> all : rule.alternatives()) {
      List<Comparison> real = all.stream().filter(one -> one.asks(wide)).toList();
      if (real.isEmpty()) {
        return Verdict.always(rule.action());
      }
      cases.add(new Case(real, rule.action()));
    }
    return cases.isEmpty() ? Verdict.always(rule.action()) : new Verdict(cases, fallback, wide);
  }

  /**
   * Through the old call the first argument is taken. Conditions on the others stay, as libseccomp
   * leaves them: there a pointer is compared, so that nothing more is let through than was asked.
   */
  private static Profile.Rule multiplexed(Profile.Rule rule, Multiplexer old) {
    Comparison which = Comparison.equal(0, old.code());
    List<List<Comparison>> alternatives =
        rule.alternatives().isEmpty() ? List.of(List.of()) : rule.alternatives();
    var through = new ArrayList<List<Comparison>>();
    for (List<Comparison> all : alternatives) {
      var conditions = new ArrayList<Comparison>();
      conditions.add(which);
      all.stream().filter(one -> one.index() != 0).forEach(conditions::add);
      through.add(conditions);
    }
    return new Profile.Rule(rule.names(), rule.action(), through);
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
    return new Verdict(List.copyOf(cases), earlier.otherwise(), earlier.wide());
  }

  /** Runs that are being collected; neighbours with the same verdict become one. */
  private static final class RunList {
    final List<Run> all = new ArrayList<>();

    RunList(Verdict first) {
      all.add(new Run(0, first, 0, false));
    }

    void add(int first, Verdict verdict, int calls) {
      if (!all.isEmpty() && all.getLast().first() == first) {
        all.removeLast();
      }
      if (!all.isEmpty() && all.getLast().verdict().equals(verdict)) {
        Run before = all.removeLast();
        all.add(new Run(before.first(), verdict, before.calls() + calls, false));
      } else {
        if (!all.isEmpty() && all.getLast().first() == first - 1) {
          Run before = all.removeLast();
          all.add(new Run(before.first(), before.verdict(), before.calls(), true));
        }
        all.add(new Run(first, verdict, calls, first == -1));
      }
    }
  }
}
