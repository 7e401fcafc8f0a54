package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How the steps of an operation are undone, newest first. Every one is tried; what fails is added
 * to the failure that made it necessary. Confined to one thread.
 */
final class Undo {
  /** Undoes one step; fine to run if the step was done only in part. */
  interface Step {
    void undo() throws IOException;
  }

  private final Deque<Step> steps = new ArrayDeque<>();

  void push(Step step) {
    steps.push(step);
  }

  /** The operation is done: nothing will be undone. */
  void commit() {
    steps.clear();
  }

  /** Undoes everything; answers the failure to be thrown. */
  <E extends Throwable> E after(E failure) {
    while (!steps.isEmpty()) {
      try {
        steps.pop().undo();
      } catch (IOException | RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
    return failure;
  }
}
