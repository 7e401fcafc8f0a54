package org.jcontainerd.jrunc.seccomp;

import java.util.Comparator;
import java.util.List;

/**
 * The order in which libseccomp tests the cases of one call, which decides where two of them hold
 * and answer differently. It does not follow the profile: a case whose first condition is on a
 * later argument comes first, then equalities before "less" before "greater", then the narrower
 * bound. Halves of wide arguments are compared one after the other. Of two that begin alike the
 * shorter comes first; the longer can then no longer hold.
 *
 * @param wide whether arguments have 64 bits
 */
record CaseOrder(boolean wide) implements Comparator<Verdicts.Case> {
  @Override
  public int compare(Verdicts.Case one, Verdicts.Case other) {
    List<Comparison> left = one.conditions();
    List<Comparison> right = other.conditions();
    int result = 0;
    for (int i = 0; result == 0 && i < Math.min(left.size(), right.size()); i++) {
      result = compare(left.get(i), right.get(i));
    }
    return result == 0 ? Integer.compare(left.size(), right.size()) : result;
  }

  private int compare(Comparison left, Comparison right) {
    int result = Integer.compare(right.index(), left.index());
    if (result == 0) {
      result = Integer.compare(rank(left), rank(right));
    }
    if (result == 0 && wide) {
      result = compare(left, (int) (left.value() >>> 32), (int) (right.value() >>> 32));
    }
    return result == 0 ? compare(left, (int) left.value(), (int) right.value()) : result;
  }

  private static int compare(Comparison like, int left, int right) {
    int ascending = Integer.compareUnsigned(left, right);
    return rank(like) == 1 ? ascending : -ascending;
  }

  private static int rank(Comparison comparison) {
    return switch (comparison.operator()) {
      case EQ, NE, MASKED_EQ -> 0;
      case LT, LE -> 1;
      case GT, GE -> 2;
    };
  }
}
