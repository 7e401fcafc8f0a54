package org.jcontainerd.jrunc.seccomp;

import java.util.HashMap;
import java.util.List;

/**
 * Writes the search for a system call's number: a binary tree over runs of numbers with the same
 * verdict, whose leaves are rows of single numbers that are compared one after the other. A row is
 * shorter, a tree is faster; of every way to search a few runs the cheapest is taken, if each call
 * of the profile is made equally often. Confined to one thread.
 */
final class SearchTree {
  /** More runs than this are cut in halves that are asked for equally often. */
  private static final int FEW = 32;

  /** What an instruction in the program costs, in instructions executed for a run's weight. */
  private static final int SPACE = 8;

  /** No machine has as many calls. */
  private static final int MANY = 0x10000;

  private static final int ROW = -1;

  private final BpfWriter out;
  private final List<Verdicts.Run> runs;

  /** Which runs have the same verdict. */
  private final int[] verdicts;

  /** Sum of the weights of all runs before. */
  private final int[] weights;

  private SearchTree(BpfWriter out, List<Verdicts.Run> runs) {
    this.out = out;
    this.runs = runs;
    verdicts = new int[runs.size()];
    weights = new int[runs.size() + 1];
    var known = new HashMap<Verdicts.Verdict, Integer>();
    for (int i = 0; i < runs.size(); i++) {
      verdicts[i] = known.computeIfAbsent(runs.get(i).verdict(), verdict -> known.size());
      int end = i + 1 < runs.size() ? runs.get(i + 1).first() : 0;
      weights[i + 1] = weights[i] + weight(runs.get(i), end);
    }
  }

  /** Writes the search; answers the position of its first instruction. */
  static int write(BpfWriter out, List<Verdicts.Run> runs) {
    return new SearchTree(out, runs).write(0, runs.size());
  }

  /** How often it is asked for: beyond the calls of x32 there are none. */
  private static int weight(Verdicts.Run run, int end) {
    boolean none =
        Integer.compareUnsigned(run.first(), Architecture.X32_BIT) >= 0
            && Integer.compareUnsigned(end - run.first(), MANY) > 0;
    return none ? 2 * run.calls() : 2 * run.calls() + 1;
  }

  private int weight(int from, int to) {
    return weights[to] - weights[from];
  }

  private int write(int from, int to) {
    return to - from <= FEW
        ? new Few(from, to).write(from, to)
        : branch(middle(from, to), from, to);
  }

  private int branch(int middle, int from, int to) {
    int above = write(middle, to);
    int below = write(from, middle);
    return out.branch(BpfWriter.JGE, runs.get(middle).first(), above, below);
  }

  private int middle(int from, int to) {
    int middle = from + 1;
    while (middle < to - 1
        && 2 * weight(from, middle) + weight(middle, middle + 1) <= weight(from, to)) {
      middle++;
    }
    return middle;
  }

  /** The run whose verdict is left when a row has been compared in vain. */
  private int rest(int from, int to) {
    int i = from;
    while (i < to - 1 && runs.get(i).single()) {
      i++;
    }
    return i;
  }

  private int row(int from, int to) {
    int rest = rest(from, to);
    int next = ArgumentTests.write(out, runs.get(rest).verdict());
    for (int i = to - 1; i >= from; i--) {
      if (verdicts[i] != verdicts[rest]) {
        int answer = ArgumentTests.write(out, runs.get(i).verdict());
        next = out.branch(BpfWriter.JEQ, runs.get(i).first(), answer, next);
      }
    }
    return next;
  }

  /** The cheapest way to search some neighbouring runs, and each part of them. */
  private final class Few {
    private final int origin;
    private final int[][] costs;
    private final int[][] ways;

    Few(int from, int to) {
      origin = from;
      int count = to - from;
      costs = new int[count][count + 1];
      ways = new int[count][count + 1];
      for (int length = 1; length <= count; length++) {
        for (int start = from; start + length <= to; start++) {
          decide(start, start + length);
        }
      }
    }

    private void decide(int from, int to) {
      int best = costOfRow(from, to);
      int way = ROW;
      for (int middle = from + 1; middle < to; middle++) {
        int cost = SPACE + weight(from, to) + cost(from, middle) + cost(middle, to);
        if (cost < best) {
          best = cost;
          way = middle;
        }
      }
      costs[from - origin][to - origin] = best;
      ways[from - origin][to - origin] = way;
    }

    private int cost(int from, int to) {
      return costs[from - origin][to - origin];
    }

    private int costOfRow(int from, int to) {
      int rest = rest(from, to);
      int compared = 0;
      int executed = 0;
      int others = 0;
      for (int i = from; i < to; i++) {
        if (verdicts[i] == verdicts[rest]) {
          continue;
        } else if (!runs.get(i).single()) {
          return Integer.MAX_VALUE;
        }
        compared++;
        executed += compared * weight(i, i + 1);
        others += weight(i, i + 1);
      }
      executed += compared * (weight(from, to) - others);
      return SPACE * compared + executed;
    }

    int write(int from, int to) {
      int way = ways[from - origin][to - origin];
      if (way == ROW) {
        return row(from, to);
      }
      int above = write(way, to);
      int below = write(from, way);
      return out.branch(BpfWriter.JGE, runs.get(way).first(), above, below);
    }
  }
}
