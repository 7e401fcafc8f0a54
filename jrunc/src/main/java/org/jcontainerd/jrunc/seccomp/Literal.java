package org.jcontainerd.jrunc.seccomp;

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

  /**
   * The chains of tests that mean the same as a comparison: one of them comes out as it says. They
   * are those of libseccomp, also where a half has no bit to compare, or could be tested at once.
   */
  static List<List<Literal>> of(Comparison comparison, boolean wide) {
    int low = BpfWriter.low(comparison.index());
    int mask = (int) comparison.mask();
    int value = (int) comparison.value();
    Literal last =
        switch (comparison.operator()) {
          case EQ, MASKED_EQ -> new Literal(low, mask, BpfWriter.JEQ, value & mask, true);
          case NE -> new Literal(low, -1, BpfWriter.JEQ, value, false);
          case GT -> new Literal(low, -1, BpfWriter.JGT, value, true);
          case GE -> new Literal(low, -1, BpfWriter.JGE, value, true);
          case LE -> new Literal(low, -1, BpfWriter.JGT, value, false);
          case LT -> new Literal(low, -1, BpfWriter.JGE, value, false);
        };
    if (!wide) {
      return List.of(List.of(last));
    }
    int high = BpfWriter.high(comparison.index());
    int upperMask = (int) (comparison.mask() >>> 32);
    int upper = (int) (comparison.value() >>> 32) & upperMask;
    var equal = new Literal(high, upperMask, BpfWriter.JEQ, upper, true);
    var above = new Literal(high, -1, BpfWriter.JGT, upper, true);
    return switch (comparison.operator()) {
      case EQ, MASKED_EQ -> List.of(List.of(equal, last));
      case NE -> List.of(List.of(equal, last), List.of(equal.opposite()));
      case GT, GE -> List.of(List.of(above), List.of(above.opposite(), equal, last));
      case LT, LE ->
          List.of(
              List.of(above.opposite(), equal, last), List.of(above.opposite(), equal.opposite()));
    };
  }

  /** Whether it asks the same, be it for the opposite. */
  boolean sameTest(Literal other) {
    return outcome(other.holds).equals(other);
  }

  Literal outcome(boolean asked) {
    return new Literal(offset, mask, operation, value, asked);
  }

  Literal opposite() {
    return outcome(!holds);
  }
}
