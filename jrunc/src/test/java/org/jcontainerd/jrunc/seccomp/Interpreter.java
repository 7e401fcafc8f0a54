package org.jcontainerd.jrunc.seccomp;

import static org.jcontainerd.jrunc.seccomp.Comparison.Operator.EQ;
import static org.jcontainerd.jrunc.seccomp.Comparison.Operator.GE;
import static org.jcontainerd.jrunc.seccomp.Comparison.Operator.GT;
import static org.jcontainerd.jrunc.seccomp.Comparison.Operator.LE;
import static org.jcontainerd.jrunc.seccomp.Comparison.Operator.LT;
import static org.jcontainerd.jrunc.seccomp.Comparison.Operator.MASKED_EQ;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
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
      if (rule.action().equals(fallback)) {
        continue;
      }
      List<List<Comparison>> ways =
          rule.alternatives().isEmpty() ? List.of(List.of()) : rule.alternatives();
      for (String name : rule.names()) { // a name that is there twice is added twice
        if (isNumber(name, number)) {
          ways.forEach(all -> cases.add(new Verdicts.Case(real(all), rule.action())));
        }
      }
    }
    for (Verdicts.Case one : cases) {
      if (one.conditions().isEmpty()) {
        return one.action().value();
      }
    }
    var ways = new ArrayList<Way>();
    cases.forEach(one -> ways.addAll(Way.of(one)));
    return first(ways, 0, arguments).orElse(fallback).value();
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

  /** A question about half an argument, as the seccomp tree of libseccomp asks it. */
  private record Ask(Comparison of, boolean high, Comparison.Operator operator, boolean yes) {
    long value() {
      return half(of.value());
    }

    long half(long whole) {
      return high ? whole >>> 32 : whole & 0xFFFFFFFFL;
    }

    boolean sameAs(Ask other) {
      return of.index() == other.of.index()
          && high == other.high
          && operator == other.operator
          && value() == other.value()
          && half(of.mask()) == half(other.of.mask());
    }

    boolean isHeld(long argument) {
      return switch (operator) {
        case GT -> half(argument) > value();
        case GE -> half(argument) >= value();
        default -> half(argument & of.mask()) == value();
      };
    }

    /** The greater is asked first. */
    List<Long> priority() {
      boolean less = EnumSet.of(LT, LE).contains(of.operator());
      boolean greater = EnumSet.of(GT, GE).contains(of.operator());
      return List.of(
          of.index() * 2L + (high ? 1 : 0),
          less ? 1L : greater ? 0L : 2L,
          less ? -value() : value());
    }

    boolean isBefore(Ask other) {
      List<Long> mine = priority();
      List<Long> others = other.priority();
      for (int i = 0; i < mine.size(); i++) {
        if (!mine.get(i).equals(others.get(i))) {
          return mine.get(i) > others.get(i);
        }
      }
      return false;
    }
  }

  /** Questions that must all be answered as they say. */
  private record Way(List<Ask> asks, Action action) {
    static List<Way> of(Verdicts.Case one) {
      List<List<Ask>> all = List.of(List.of());
      for (Comparison condition : one.conditions()) {
        var longer = new ArrayList<List<Ask>>();
        for (List<Ask> before : all) {
          for (List<Ask> next : asks(condition)) {
            longer.add(Stream.concat(before.stream(), next.stream()).toList());
          }
        }
        all = longer;
      }
      return all.stream().map(asks -> new Way(asks, one.action())).toList();
    }

    private static List<List<Ask>> asks(Comparison c) {
      Ask equal = new Ask(c, true, c.operator() == MASKED_EQ ? MASKED_EQ : EQ, true);
      Ask unequal = new Ask(c, true, EQ, false);
      Ask above = new Ask(c, true, GT, true);
      Ask notAbove = new Ask(c, true, GT, false);
      return switch (c.operator()) {
        case EQ, MASKED_EQ -> List.of(List.of(equal, new Ask(c, false, c.operator(), true)));
        case NE -> List.of(List.of(unequal), List.of(equal, new Ask(c, false, EQ, false)));
        case GT, GE ->
            List.of(
                List.of(above), List.of(notAbove, equal, new Ask(c, false, c.operator(), true)));
        case LT ->
            List.of(
                List.of(notAbove, unequal), List.of(notAbove, equal, new Ask(c, false, GE, false)));
        case LE ->
            List.of(
                List.of(notAbove, unequal), List.of(notAbove, equal, new Ask(c, false, GT, false)));
      };
    }
  }

  private static Optional<Action> first(List<Way> ways, int depth, long[] arguments) {
    for (List<Way> alike : groups(ways, depth)) {
      Ask ask = alike.getFirst().asks().get(depth);
      boolean held = ask.isHeld(arguments[ask.of().index()]);
      List<Way> left = alike.stream().filter(way -> way.asks().get(depth).yes() == held).toList();
      List<Way> ending = left.stream().filter(way -> way.asks().size() == depth + 1).toList();
      Optional<Action> found =
          ending.isEmpty()
              ? first(left, depth + 1, arguments)
              : Optional.of(decisive(ending, ask, depth).action());
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Those that ask the same now, in the order in which they are asked. */
  private static List<List<Way>> groups(List<Way> ways, int depth) {
    var groups = new ArrayList<List<Way>>();
    for (Way way : ways) {
      Ask ask = way.asks().get(depth);
      int i = 0;
      while (i < groups.size()
          && !groups.get(i).getFirst().asks().get(depth).sameAs(ask)
          && !ask.isBefore(groups.get(i).getFirst().asks().get(depth))) {
        i++;
      }
      if (i == groups.size() || !groups.get(i).getFirst().asks().get(depth).sameAs(ask)) {
        groups.add(i, new ArrayList<>());
      }
      groups.get(i).add(way);
    }
    return groups;
  }

  private static Way decisive(List<Way> ending, Ask first, int depth) {
    Way decisive = ending.getFirst();
    for (Way way : ending) {
      Ask ask = way.asks().get(depth);
      boolean above = Long.compareUnsigned(ask.of().value(), first.of().value()) > 0;
      decisive = above && ask.high() && ask.yes() ? way : decisive;
    }
    return decisive;
  }
}
