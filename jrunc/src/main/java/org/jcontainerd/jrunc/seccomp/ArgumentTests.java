package org.jcontainerd.jrunc.seccomp;

import static java.util.stream.Collectors.partitioningBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the tests of arguments that tell one call's cases apart, in one of two forms. With
 * knowledge, what earlier tests have said is not asked again, and a half of an argument that is
 * still in the accumulator is not loaded again: five values of one argument cost two loads and six
 * comparisons. Where that makes a longer program (many rules about several arguments, and every
 * outcome remembered), the cases stand one after the other and share what they begin with. Confined
 * to one thread.
 */
final class ArgumentTests {
  /** With more alternatives than this what is known is not worth the time to remember it. */
  private static final int MOST_REMEMBERED = 64;

  private final BpfWriter out;
  private final Action otherwise;

  /** Program size beyond which the form with knowledge is given up. */
  private int limit;

  private boolean givenUp;

  private ArgumentTests(BpfWriter out, Action otherwise) {
    this.out = out;
    this.otherwise = otherwise;
  }

  /** What the accumulator holds. */
  private record Loaded(int offset, int mask) {
    static Loaded by(Literal literal) {
      return new Loaded(literal.offset(), literal.mask());
    }
  }

  /**
   * Where tests begin.
   *
   * @param warm for those who come with the accumulator loaded as {@code needs} says
   */
  private record Entry(int warm, Optional<Loaded> needs) {}

  /** A test, and what is left to ask if it succeeds. */
  private record Step(Literal literal, boolean load, List<Cube> cubes, Facts facts) {}

  /** Writes the tests of a verdict; answers the position of the first. */
  static int write(BpfWriter out, Verdicts.Verdict verdict) {
    var tree = new CaseTree(verdict.wide());
    verdict.cases().forEach(tree::add);
    List<Cube> cubes = tree.cubes();
    var tests = new ArgumentTests(out, verdict.otherwise());
    var begin = new Loaded(BpfWriter.NUMBER, -1);
    int mark = out.size();
    int plain = tests.enter(tests.grouped(cubes, 0, tests.fallback()), begin);
    if (cubes.size() > MOST_REMEMBERED) {
      return plain;
    }
    tests.limit = out.size();
    out.rewind(mark);
    int known = tests.knowing(cubes, Facts.NONE, begin);
    if (!tests.givenUp) {
      return known;
    }
    out.rewind(mark);
    return tests.enter(tests.grouped(cubes, 0, tests.fallback()), begin);
  }

  private int knowing(List<Cube> open, Facts known, Loaded before) {
    var steps = new ArrayList<Step>();
    Facts facts = known;
    Loaded loaded = before;
    List<Cube> cubes = remaining(open, facts);
    while (!cubes.isEmpty() && !cubes.getFirst().literals().isEmpty()) {
      Literal literal = next(cubes.getFirst(), loaded);
      boolean load = !loaded.equals(Loaded.by(literal));
      steps.add(new Step(literal, load, cubes, facts.and(literal)));
      loaded = Loaded.by(literal);
      facts = facts.and(literal.opposite());
      cubes = remaining(cubes, facts);
    }
    Action last = cubes.isEmpty() ? otherwise : cubes.getFirst().action();
    int next = out.answer(last.value());
    for (Step step : steps.reversed()) {
      int holds = knowing(step.cubes(), step.facts(), Loaded.by(step.literal()));
      next = test(step.literal(), holds, next);
      next = step.load() ? load(Loaded.by(step.literal()), next) : next;
      givenUp |= out.size() > limit;
      if (givenUp) {
        return 0; // what is written is taken back
      }
    }
    return next;
  }

  /** Cubes up to the first that holds for certain. */
  private static List<Cube> remaining(List<Cube> cubes, Facts facts) {
    var left = new ArrayList<Cube>(cubes.size());
    for (Cube cube : cubes) {
      Optional<Cube> open = cube.given(facts);
      if (open.isPresent()) {
        left.add(open.get());
        if (open.get().literals().isEmpty()) {
          break;
        }
      }
    }
    return left;
  }

  /** The literal to test: one that needs no load, if there is one. */
  private static Literal next(Cube cube, Loaded loaded) {
    for (Literal literal : cube.literals()) {
      if (loaded.equals(Loaded.by(literal))) {
        return literal;
      }
    }
    return cube.literals().getFirst();
  }

  private Entry fallback() {
    return new Entry(out.answer(otherwise.value()), Optional.empty());
  }

  /**
   * Cases one after the other, those with the same literal at {@code depth} together.
   *
   * @param fails where to go on if none holds
   */
  private Entry grouped(List<Cube> cubes, int depth, Entry fails) {
    Entry next = fails;
    int end = cubes.size();
    while (end > 0) {
      Cube last = cubes.get(end - 1);
      if (last.literals().size() == depth) {
        next = new Entry(out.answer(last.action().value()), Optional.empty());
        end--;
        continue;
      }
      Literal literal = last.literals().get(depth);
      int start = end - 1;
      while (start > 0 && asksNext(cubes.get(start - 1), depth, literal)) {
        start--;
      }
      next = test(literal, depth, cubes.subList(start, end), next);
      end = start;
    }
    return next;
  }

  /** Cases that all test the same next: those that need it to hold on one side, others there. */
  private Entry test(Literal literal, int depth, List<Cube> cubes, Entry fails) {
    Loaded loaded = Loaded.by(literal);
    Map<Boolean, List<Cube>> sides =
        cubes.stream().collect(partitioningBy(cube -> cube.literals().get(depth).equals(literal)));
    int opposite = enter(grouped(sides.getOrDefault(false, List.of()), depth + 1, fails), loaded);
    int holds = enter(grouped(sides.getOrDefault(true, List.of()), depth + 1, fails), loaded);
    return new Entry(test(literal, holds, opposite), Optional.of(loaded));
  }

  private static boolean asksNext(Cube cube, int depth, Literal literal) {
    return cube.literals().size() > depth && cube.literals().get(depth).sameTest(literal);
  }

  private int enter(Entry entry, Loaded have) {
    return entry.needs().isEmpty() || entry.needs().get().equals(have)
        ? entry.warm()
        : load(entry.needs().get(), entry.warm());
  }

  private int test(Literal literal, int holds, int fails) {
    return literal.holds()
        ? out.branch(literal.operation(), literal.value(), holds, fails)
        : out.branch(literal.operation(), literal.value(), fails, holds);
  }

  private int load(Loaded what, int next) {
    return out.load(what.offset(), what.mask() == -1 ? next : out.and(what.mask(), next));
  }
}
