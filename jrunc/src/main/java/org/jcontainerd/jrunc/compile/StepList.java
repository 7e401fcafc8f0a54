package org.jcontainerd.jrunc.compile;

import java.util.ArrayList;
import java.util.List;
import org.jcontainerd.jrunc.plan.PlanBuilder;
import org.jcontainerd.jrunc.plan.Slot;
import org.jcontainerd.jrunc.plan.Step;

/** Collects steps, the descriptors they need, and warnings; confined to one thread. */
final class StepList {
  private final PlanBuilder plan = new PlanBuilder();
  private final List<DescriptorSource> sources = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  void add(Step step) {
    plan.add(step);
  }

  void tryTo(Step step) {
    plan.tryTo(step);
  }

  /** A slot for a descriptor that the launcher opens. */
  Slot needs(String name, DescriptorSource source) {
    sources.add(source);
    return plan.passedSlot(name);
  }

  /** A slot that a step of the plan fills. */
  Slot makes(String name) {
    return plan.madeSlot(name);
  }

  void warn(String warning) {
    warnings.add(warning);
  }

  CompiledPlan build() {
    return new CompiledPlan(plan.build(), sources, warnings);
  }
}
