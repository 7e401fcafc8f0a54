package org.jcontainerd.cni;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What to undo if the steps that follow fail: closed without {@link #commit}, it undoes in reverse
 * order, tries everything and throws the failures together, which try-with-resources attaches to
 * the first cause. Confined to one thread.
 */
public final class Undo implements AutoCloseable {
  /** One step back. */
  @FunctionalInterface
  public interface Step {
    void run() throws CniFailure;
  }

  private final Deque<Step> steps = new ArrayDeque<>();

  /** Registers a step back; before the step itself if that can half succeed. */
  public void push(Step step) {
    steps.push(step);
  }

  /** All is done: nothing will be undone. */
  public void commit() {
    steps.clear();
  }

  @Override
  public void close() throws CniFailure {
    attempt(List.copyOf(steps));
  }

  /** Runs all steps, whatever happens to some, then throws the failures together. */
  public static void attempt(List<Step> steps) throws CniFailure {
    List<CniFailure> failures = new ArrayList<>();
    for (Step step : steps) {
      try {
        step.run();
      } catch (CniFailure e) {
        failures.add(e);
      }
    }
    CniFailure.throwAll(failures);
  }
}
