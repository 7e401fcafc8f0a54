package org.jcontainerd.jshim.task;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has to be taken back if an operation fails, in reverse order. Everything is tried; what
 * fails is added to the failure of the operation. Confined to the operation's thread.
 */
public final class Undo {
  /** One step back. */
  @FunctionalInterface
  public interface Step {
    void run() throws Exception;
  }

  private final Deque<Step> steps = new ArrayDeque<>();

  public void push(Step step) {
    steps.push(step);
  }

  /** Takes everything back because of {@code failure}. */
  public void because(Throwable failure) {
    while (!steps.isEmpty()) {
      try {
        steps.pop().run();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }
}
