package org.jcontainerd.jrunc.plan;

/**
 * One thing the helper does; immutable.
 *
 * <p>The order of a plan is the compiler's; the helper only runs it. Steps run in three places: in
 * the spawned helper before the clone ({@link ParentStep}), in the new process ({@link RootStep},
 * {@link ProcessStep}), and in the helper after the clone ({@link KeeperStep}). An {@link
 * EitherStep} runs in the helper if it stands before {@link ParentStep.Clone}, in the new process
 * otherwise. Every path that is called <em>container path</em> is resolved with openat2
 * RESOLVE_IN_ROOT under the root set by {@link RootStep.Root}, after a pivot under {@code /}.
 */
public sealed interface Step
    permits Step.Lenient, EitherStep, ParentStep, KeeperStep, RootStep, ProcessStep {

  /**
   * A step whose failure does not end the plan: it is answered as a warning.
   *
   * @param step what is tried; not itself lenient, not a clone, sync, ready, wait or exec
   */
  record Lenient(Step step) implements Step {
    public Lenient {
      if (step instanceof Lenient) {
        throw new IllegalArgumentException("a lenient step in a lenient step");
      }
    }
  }
}
