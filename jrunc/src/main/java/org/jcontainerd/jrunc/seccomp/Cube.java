package org.jcontainerd.jrunc.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tests of halves of arguments that must all come out as they say, and the answer if they do.
 * Immutable.
 */
record Cube(List<Literal> literals, Action action) {
  /** Without what is known; empty if a literal is known not to hold. */
  Optional<Cube> given(Facts facts) {
    var open = new ArrayList<Literal>(literals.size());
    for (Literal literal : literals) {
      Optional<Boolean> known = facts.decide(literal);
      if (known.isEmpty()) {
        open.add(literal);
      } else if (!known.get()) {
        return Optional.empty();
      }
    }
    return Optional.of(new Cube(open, action));
  }
}
