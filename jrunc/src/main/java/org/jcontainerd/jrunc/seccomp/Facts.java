package org.jcontainerd.jrunc.seccomp;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the tests that a program has made say about halves of arguments. Immutable. */
final class Facts {
  /** Nothing is known. */
  static final Facts NONE = new Facts(Map.of());

  private static final long MOST = 0xFFFFFFFFL;
  private static final Half ANYTHING = new Half(0, MOST, Map.of());

  private final Map<Integer, Half> halves;

  private Facts(Map<Integer, Half> halves) {
    this.halves = halves;
  }

  /** A question about some bits: are they equal to a value? */
  private record Bits(int mask, int value) {}

  /**
   * One half: an interval of unsigned numbers, and equalities that were asked for.
   *
   * @param equalities by question, whether it holds
   */
  private record Half(long least, long most, Map<Bits, Boolean> equalities) {

    Optional<Boolean> test(Literal literal) {
      long value = literal.value() & MOST;
      return switch (literal.operation()) {
        case BpfWriter.JGT -> above(value);
        case BpfWriter.JGE -> value == 0 ? Optional.of(true) : above(value - 1);
        default -> equal(literal.mask(), literal.value());
      };
    }

    private Optional<Boolean> above(long value) {
      return least > value
          ? Optional.of(true)
          : most <= value ? Optional.of(false) : Optional.empty();
    }

    private Optional<Boolean> equal(int mask, int value) {
      if (least == most) {
        return Optional.of(((int) least & mask) == value);
      }
      Boolean known = equalities.get(new Bits(mask, value));
      if (known != null) {
        return Optional.of(known);
      }
      boolean outside = mask == -1 && ((value & MOST) < least || (value & MOST) > most);
      return outside || isAnother(mask) ? Optional.of(false) : Optional.empty();
    }

    /** Whether the bits of a mask are known to equal a value, which is not the one asked for. */
    private boolean isAnother(int mask) {
      for (var known : equalities.entrySet()) {
        if (known.getValue() && known.getKey().mask() == mask) {
          return true;
        }
      }
      return false;
    }

    Half learn(Literal literal) {
      long value = literal.value() & MOST;
      boolean holds = literal.holds();
      return switch (literal.operation()) {
        case BpfWriter.JGT -> holds ? from(value + 1) : to(value);
        case BpfWriter.JGE -> holds ? from(value) : to(value - 1);
        default ->
            holds && literal.mask() == -1
                ? new Half(value, value, Map.of())
                : answered(new Bits(literal.mask(), literal.value()), holds);
      };
    }

    private Half from(long value) {
      return new Half(Math.max(least, value), most, equalities);
    }

    private Half to(long value) {
      return new Half(least, Math.min(most, value), equalities);
    }

    private Half answered(Bits question, boolean answer) {
      var more = new HashMap<>(equalities);
      more.put(question, answer);
      return new Half(least, most, more);
    }
  }

  /** Whether a literal holds, if that is known. */
  Optional<Boolean> decide(Literal literal) {
    return halves
        .getOrDefault(literal.offset(), ANYTHING)
        .test(literal)
        .map(test -> test == literal.holds());
  }

  /** These facts and that a literal, undecided so far, holds. */
  Facts and(Literal literal) {
    var more = new HashMap<>(halves);
    more.put(literal.offset(), more.getOrDefault(literal.offset(), ANYTHING).learn(literal));
    return new Facts(more);
  }
}
