package org.jcontainerd.daemon.concurrent;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How to take back the steps of a long operation, newest first. Used with try-with-resources: every
 * step pushes its opposite, the last line is {@link #commit()}, and leaving the block without it
 * takes everything back.
 *
 * <p>Thread-safe: steps that run side by side push on the same object. A step that can half-succeed
 * pushes before it runs, so an action must tolerate that nothing was done.
 */
public final class Undo implements AutoCloseable {
  /** Takes one step back; must be idempotent and tolerate a step that never happened. */
  @FunctionalInterface
  public interface Action {
    void run() throws Exception;
  }

  private record Step(String name, Action action) {}

  private final String operation;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Deque<Step> steps = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean committed;

  /**
   * @param operation names the whole in the message of a failed undo, as in "run pod 'x'"
   */
  public Undo(String operation) {
    this.operation = operation;
  }

  /** Remembers how to take back the step that is about to run, or has just run. */
  public void push(String name, Action action) {
    lock.lock();
    try {
      steps.push(new Step(name, action));
    } finally {
      lock.unlock();
    }
  }

  /** The operation is complete: nothing will be taken back. */
  public void commit() {
    lock.lock();
    try {
      committed = true;
      steps.clear();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes everything back unless committed. Every step is tried, whatever failed before it.
   *
   * @throws UndoException with each failed step as a suppressed exception
   */
  @Override
  @SuppressWarnings(
      "InterruptedExceptionSwallowed") // collected with the others and rethrown inside
  public void close() throws UndoException {
    UndoException failed = null;
    for (Step step = next(); step != null; step = next()) {
      try {
        step.action().run();
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        if (failed == null) {
          failed = new UndoException(operation, step.name());
        }
        failed.addSuppressed(new UndoException(operation, step.name(), e));
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  private @org.jspecify.annotations.Nullable Step next() {
    lock.lock();
    try {
      return committed ? null : steps.poll();
    } finally {
      lock.unlock();
    }
  }
}
