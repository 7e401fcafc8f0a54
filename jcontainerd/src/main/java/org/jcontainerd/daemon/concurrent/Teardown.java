package org.jcontainerd.daemon.concurrent;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes a thing apart: every step is tried whatever failed before it, and all failures are reported
 * together at the end. Steps must be idempotent, because the whole is tried again after a failure.
 * Confined to one thread.
 */
public final class Teardown {
  private final String operation;
  private final List<Exception> failures = new ArrayList<>();

  /**
   * @param operation names the whole, as in "stop pod 'x'"
   */
  public Teardown(String operation) {
    this.operation = operation;
  }

  /** Runs a step; a failure is kept for {@link #finish}. */
  public void step(String name, Undo.Action action) {
    try {
      action.run();
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      failures.add(new TeardownException(operation + ": " + name + ": " + e.getMessage(), e));
    }
  }

  /** The end: throws the first failure, with the others suppressed. */
  public void finish() throws TeardownException {
    if (!failures.isEmpty()) {
      var first = new TeardownException(failures.getFirst().getMessage(), failures.getFirst());
      failures.subList(1, failures.size()).forEach(first::addSuppressed);
      throw first;
    }
  }

  /** What could not be taken apart; trying again is right. */
  public static final class TeardownException extends Exception {
    private static final long serialVersionUID = 1L;

    private TeardownException(@org.jspecify.annotations.Nullable String message, Exception cause) {
      super(message, cause);
    }
  }
}
