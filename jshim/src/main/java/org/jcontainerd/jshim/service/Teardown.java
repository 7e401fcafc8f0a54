package org.jcontainerd.jshim.service;

import org.jspecify.annotations.Nullable;

/** Tries every step and keeps the failures for the end. Confined to one operation. */
final class Teardown {
  /** One step. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }

  private @Nullable Exception failure;

  void run(Step step) {
    try {
      step.run();
    } catch (Exception e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    }
  }

  /** Throws the first failure, the others suppressed. */
  void throwFailures() throws Exception {
    if (failure != null) {
      throw failure;
    }
  }
}
