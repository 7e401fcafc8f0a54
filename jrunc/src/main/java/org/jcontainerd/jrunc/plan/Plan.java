package org.jcontainerd.jrunc.plan;

import java.util.List;

/**
 * What one helper does, from spawn to exec; immutable data.
 *
 * @param steps in order
 * @param passed slots that the starter fills when it launches the plan, numbered from 0 without
 *     gaps
 */
public record Plan(List<Step> steps, List<Slot> passed) {
  public Plan {
    steps = List.copyOf(steps);
    passed = List.copyOf(passed);
    for (int i = 0; i < passed.size(); i++) {
      if (passed.get(i).number() != i) {
        throw new IllegalArgumentException(
            "slot '" + passed.get(i).name() + "' is not number " + i);
      }
    }
  }
}
