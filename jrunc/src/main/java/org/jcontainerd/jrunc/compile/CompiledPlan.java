package org.jcontainerd.jrunc.compile;

import java.util.List;
import org.jcontainerd.jrunc.plan.Plan;

/**
 * A plan and what it needs to be launched; immutable.
 *
 * @param sources one per passed slot, in the order of the slots
 * @param warnings what was changed or left out because this host does not allow it
 */
public record CompiledPlan(Plan plan, List<DescriptorSource> sources, List<String> warnings) {
  public CompiledPlan {
    sources = List.copyOf(sources);
    warnings = List.copyOf(warnings);
  }
}
