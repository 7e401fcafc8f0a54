package org.jcontainerd.jrunc.seccomp;

import java.util.ArrayList;
import java.util.List;

/**
 * A test of half an argument as one instruction makes it, or its opposite.
 *
 * @param offset of the half in struct seccomp_data
 * @param mask bits that are compared; all but for a masked equality
 * @param operation {@link BpfWriter#JEQ}, {@link BpfWriter#JGT} or {@link BpfWriter#JGE}; unsigned
 * @param holds false if the test must not hold
 */
record Literal(int offset, int mask, int operation, int value, boolean holds) {

  /** Alternatives, each of which must hold as a whole, that mean the same as a comparison. */
  static List<List<Literal>> of(Comparison comparison, boolean wide) {
    int low = BpfWriter.low(comparison.index());
    int value = (int) comparison.value();
    if (!wide) {
      Comparison.Operator operator = comparison.operator();
      return operator == Comparison.Operator.EQ || operator == Comparison.Operator.MASKED_EQ
          ? List.of(equal(low, (int) comparison.mask(), value))
          : List.of(List.of(ordered(low, operator, value)));
    }
    int high = BpfWriter.high(comparison.index());
    int upper = (int) (comparison.value() >>> 32);
    return switch (comparison.operator()) {
      case EQ, MASKED_EQ -> {
        var both = new ArrayList<>(equal(high, (int) (comparison.mask() >>> 32), upper));
        both.addAll(equal(low, (int) comparison.mask(), value));
        yield List.of(both);
      }
      case NE ->
          List.of(
              List.of(ordered(high, Comparison.Operator.NE, upper)),
              List.of(ordered(low, Comparison.Operator.NE, value)));
      case GT, GE -> halves(comparison.operator(), Comparison.Operator.GT, high, low, comparison);
      case LT, LE -> halves(comparison.operator(), Comparison.Operator.LT, high, low, comparison);
    };
  }

  /** Decided by the high halves, or, where those are equal, by the low ones. */
  private static List<List<Literal>> halves(
      Comparison.Operator operator,
      Comparison.Operator strict,
      int high,
      int low,
      Comparison comparison) {
    int upper = (int) (comparison.value() >>> 32);
    return List.of(
        List.of(ordered(high, strict, upper)),
        List.of(
            new Literal(high, -1, BpfWriter.JEQ, upper, true),
            ordered(low, operator, (int) comparison.value())));
  }

  private static List<Literal> equal(int offset, int mask, int value) {
    return mask == 0
        ? List.of() // the value was masked when it was read: nothing is compared
        : List.of(new Literal(offset, mask, BpfWriter.JEQ, value & mask, true));
  }

  private static Literal ordered(int offset, Comparison.Operator operator, int value) {
    return switch (operator) {
      case EQ, MASKED_EQ -> new Literal(offset, -1, BpfWriter.JEQ, value, true);
      case NE -> new Literal(offset, -1, BpfWriter.JEQ, value, false);
      case GT -> new Literal(offset, -1, BpfWriter.JGT, value, true);
      case GE -> new Literal(offset, -1, BpfWriter.JGE, value, true);
      case LE -> new Literal(offset, -1, BpfWriter.JGT, value, false);
      case LT -> new Literal(offset, -1, BpfWriter.JGE, value, false);
    };
  }

  Literal opposite() {
    return new Literal(offset, mask, operation, value, !holds);
  }
}
