package org.jcontainerd.jrunc.launch;

import java.io.IOException;
import java.io.Serial;

/** The helper could not run a plan to its end. Nothing of the process is left. */
public final class PlanFailedException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final transient StepFailure failure;

  public PlanFailedException(StepFailure failure) {
    super(failure.message(), failure.cause());
    this.failure = failure;
  }

  /** Which step, where, and why. */
  public StepFailure failure() {
    return failure;
  }
}
