package org.jcontainerd.daemon.trace;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How long each step of an operation on one pod or container took, and when it began; kept with the
 * object, and a JFR event each. Thread-safe: steps may run side by side.
 */
public final class Timeline {
  private static final int MOST_STEPS = 64;

  /**
   * A step that ended.
   *
   * @param startMicros since the timeline began
   */
  public record Step(String name, long startMicros, long micros, boolean failed) {}

  private final String object;
  private final long begin = System.nanoTime();
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final List<Step> steps = new ArrayList<>(8);

  Timeline(String object) {
    this.object = object;
  }

  /** Runs and records a step. */
  @CanIgnoreReturnValue
  public <T> T step(String name, Callable<T> work) throws Exception {
    var event = new StepEvent();
    event.begin();
    long start = System.nanoTime();
    boolean failed = true;
    try {
      T result = work.call();
      failed = false;
      return result;
    } finally {
      add(new Step(name, (start - begin) / 1000, (System.nanoTime() - start) / 1000, failed));
      if (event.shouldCommit()) {
        event.object = object;
        event.step = name;
        event.failed = failed;
        event.commit();
      }
    }
  }

  /** The steps so far, in the order in which they ended. */
  public List<Step> steps() {
    lock.lock();
    try {
      return List.copyOf(steps);
    } finally {
      lock.unlock();
    }
  }

  private void add(Step step) {
    lock.lock();
    try {
      if (steps.size() < MOST_STEPS) {
        steps.add(step);
      }
    } finally {
      lock.unlock();
    }
  }
}
