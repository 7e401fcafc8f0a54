package org.jcontainerd.jrunc.seccomp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cases of one call in the order in which libseccomp tests them, which decides where two of
 * them hold and answer differently. It does not follow the profile: every case becomes a chain of
 * tests of halves of arguments, and the chains become a tree, whose levels are searched one test
 * after the other. In a level stand tests of later arguments first, of a high half before those of
 * the low one, then equalities before "less" before "greater", then the narrower bound, and only
 * what is still alike stands as the profile has it; a test that is there already is shared. So what
 * comes after a test counts only among cases that share it. Confined to one thread.
 *
 * @see <a href="https://github.com/seccomp/libseccomp/blob/v2.5.4/src/db.c">libseccomp, db.c</a>
 */
final class CaseTree {
  private final List<Node> roots = new ArrayList<>();
  private final boolean wide;

  /**
   * @param wide whether arguments have 64 bits
   */
  CaseTree(boolean wide) {
    this.wide = wide;
  }

  /**
   * A link of a chain.
   *
   * @param test a test and how it must come out
   * @param from the condition that it is part of
   */
  private record Link(Literal test, Comparison from) {
    private boolean sameAs(Link other) {
      return test.sameTest(other.test)
          && (from.operator() == Comparison.Operator.MASKED_EQ)
              == (other.from.operator() == Comparison.Operator.MASKED_EQ);
    }

    /** Whether it is tested before another one that is there already. */
    private boolean isBefore(Link other) {
      int order = Integer.compare(test.offset(), other.test.offset());
      if (order == 0) {
        order = Integer.compare(rank(), other.rank());
      }
      if (order == 0) {
        order = Integer.compareUnsigned(test.value(), other.test.value());
        order = rank() == 1 ? -order : order;
      }
      return order > 0;
    }

    private int rank() {
      return switch (from.operator()) {
        case EQ, NE, MASKED_EQ -> 2;
        case LT, LE -> 1;
        case GT, GE -> 0;
      };
    }
  }

  /** What happens when a test came out in one of its two ways. */
  private static final class Way {
    @Nullable Action action;
    final List<Node> level = new ArrayList<>();
  }

  /** A test, with the link that brought it. */
  private static final class Node {
    final Link link;
    final Way holds = new Way();
    final Way fails = new Way();

    Node(Link link) {
      this.link = link;
    }
  }

  /** Adds the case that comes next in the profile. */
  void add(Verdicts.Case one) {
    for (List<Link> chain : chains(one)) {
      add(roots, chain, one.action());
    }
  }

  private List<List<Link>> chains(Verdicts.Case one) {
    List<List<Link>> chains = List.of(List.of());
    for (Comparison comparison : one.conditions()) {
      var longer = new ArrayList<List<Link>>();
      for (List<Link> so : chains) {
        for (List<Literal> alternative : Literal.of(comparison, wide)) {
          var chain = new ArrayList<>(so);
          alternative.forEach(test -> chain.add(new Link(test, comparison)));
          longer.add(chain);
        }
      }
      chains = longer;
    }
    return chains;
  }

  private static void add(List<Node> level, List<Link> chain, Action action) {
    Link link = chain.getFirst();
    Node node = node(level, link);
    Way way = link.test().holds() ? node.holds : node.fails;
    if (chain.size() > 1) {
      add(way.level, chain.subList(1, chain.size()), action);
    } else if (way.action == null || decides(node.link, link)) {
      way.action = action;
    }
  }

  private static Node node(List<Node> level, Link link) {
    int place = 0;
    for (Node node : level) {
      if (node.link.sameAs(link)) {
        return node;
      } else if (link.isBefore(node.link)) {
        break;
      }
      place++;
    }
    var node = new Node(link);
    level.add(place, node);
    return node;
  }

  /** Of several "greater" with the same high half the last one that is above the first decides. */
  private static boolean decides(Link first, Link now) {
    return now.test().holds()
        && now.test().offset() == BpfWriter.high(now.from().index())
        && Long.compareUnsigned(now.from().value(), first.from().value()) > 0;
  }

  /** What to test, in order: the first that holds answers. */
  List<Cube> cubes() {
    var cubes = new ArrayList<Cube>();
    collect(roots, List.of(), cubes);
    return cubes;
  }

  private static void collect(List<Node> level, List<Literal> path, List<Cube> cubes) {
    for (Node node : level) {
      collect(node.holds, node.link.test().outcome(true), path, cubes);
      collect(node.fails, node.link.test().outcome(false), path, cubes);
    }
  }

  private static void collect(Way way, Literal outcome, List<Literal> path, List<Cube> cubes) {
    var longer = new ArrayList<>(path);
    if (outcome.mask() != 0) { // else it holds always, and only stood there for the order
      longer.add(outcome);
    }
    if (way.action != null) {
      cubes.add(new Cube(longer, way.action));
    } else {
      collect(way.level, longer, cubes);
    }
  }
}
