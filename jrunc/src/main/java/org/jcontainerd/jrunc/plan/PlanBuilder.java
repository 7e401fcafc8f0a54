package org.jcontainerd.jrunc.plan;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;

/** Collects steps and hands out slots; confined to one thread. */
public final class PlanBuilder {
  private final List<Step> steps = new ArrayList<>();
  private final List<Slot> passed = new ArrayList<>();
  private int made = Slot.FIRST_MADE;

  /** A new slot that the starter fills. */
  public Slot passedSlot(String name) {
    if (passed.size() == Slot.FIRST_MADE) {
      throw new IllegalStateException("slot '" + name + "': the plan has too many descriptors");
    }
    var slot = new Slot(passed.size(), name);
    passed.add(slot);
    return slot;
  }

  /** A new slot that a step of the plan fills. */
  public Slot madeSlot(String name) {
    return new Slot(made++, name);
  }

  /** Appends a step. */
  @CanIgnoreReturnValue
  public PlanBuilder add(Step step) {
    steps.add(step);
    return this;
  }

  /** Appends a step whose failure is only a warning. */
  @CanIgnoreReturnValue
  public PlanBuilder tryTo(Step step) {
    return add(new Step.Lenient(step));
  }

  public Plan build() {
    return new Plan(steps, passed);
  }
}
