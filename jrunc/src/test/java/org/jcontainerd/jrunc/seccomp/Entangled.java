package org.jcontainerd.jrunc.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * Finds calls of which libseccomp (2.5.4 to 2.6.1) cannot keep the rules apart; in two ways.
 *
 * <p>A condition other than an equality has two ways to hold, by the high half of the argument or
 * by the low one, and what a rule asks after it hangs on both. Where two rules of a call ask for
 * the same high half, the tree has it once. If one of them asks more, that is lost. If both do,
 * what the one asks is asked of the other, or libseccomp ties a loop and never returns.
 *
 * <p>A rule that asks more than an earlier one is left out, because the earlier one would have
 * answered; but also if it asks the opposite, which is the same test.
 */
final class Entangled {
  private Entangled() {}

  /** Whether libseccomp may never return from the rules of a call. */
  static boolean mayNotReturn(Profile profile, String call) {
    return anyTwo(
        profile,
        call,
        (one, other) -> {
          int shared = sharedHalf(one, other);
          return shared >= 0 && shared < Math.min(one.size(), other.size()) - 1;
        });
  }

  /** Whether libseccomp loses a part of the rules of a call. */
  static boolean isLossy(Profile profile, String call) {
    return anyTwo(
        profile,
        call,
        (one, other) -> {
          int shared = sharedHalf(one, other);
          boolean asksMore = shared >= 0 && shared < Math.max(one.size(), other.size()) - 1;
          return asksMore || isTakenForCovered(other, one);
        });
  }

  private static boolean anyTwo(
      Profile profile, String call, BiPredicate<List<Comparison>, List<Comparison>> test) {
    var all = new ArrayList<List<Comparison>>();
    for (Profile.Rule rule : profile.rules()) {
      if (rule.names().contains(call) && !rule.action().equals(profile.defaultAction())) {
        all.addAll(rule.alternatives());
      }
    }
    for (int i = 0; i < all.size(); i++) {
      for (List<Comparison> later : all.subList(i + 1, all.size())) {
        if (test.test(all.get(i), later)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Which condition, after equal ones, has a high half in common; -1 if none. */
  private static int sharedHalf(List<Comparison> one, List<Comparison> other) {
    for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
      Comparison left = one.get(i);
      Comparison right = other.get(i);
      if (hasTwoWays(left) && hasTwoWays(right) && left.index() == right.index()) {
        return askSameHalf(left, right) ? i : -1;
      } else if (!left.equals(right)) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean isTakenForCovered(List<Comparison> rule, List<Comparison> earlier) {
    for (int i = 1; i + earlier.size() <= rule.size(); i++) {
      int last = i + earlier.size() - 1;
      if (rule.subList(i, last).equals(earlier.subList(0, earlier.size() - 1))
          && areOpposite(rule.get(last), earlier.getLast())) {
        return true;
      }
    }
    return false;
  }

  private static boolean areOpposite(Comparison one, Comparison other) {
    Comparison.Operator opposite =
        switch (one.operator()) {
          case EQ -> Comparison.Operator.NE;
          case NE -> Comparison.Operator.EQ;
          case LT -> Comparison.Operator.GE;
          case GE -> Comparison.Operator.LT;
          case LE -> Comparison.Operator.GT;
          case GT -> Comparison.Operator.LE;
          case MASKED_EQ -> Comparison.Operator.MASKED_EQ;
        };
    return opposite != one.operator()
        && one.index() == other.index()
        && opposite == other.operator()
        && (int) one.value() == (int) other.value(); // all that 32-bit calls compare
  }

  private static boolean hasTwoWays(Comparison comparison) {
    return switch (comparison.operator()) {
      case EQ, MASKED_EQ -> false;
      case NE, LT, LE, GE, GT -> true;
    };
  }

  private static boolean askSameHalf(Comparison one, Comparison other) {
    boolean unequal = one.operator() == Comparison.Operator.NE;
    return unequal == (other.operator() == Comparison.Operator.NE)
        && one.value() >>> 32 == other.value() >>> 32;
  }
}
