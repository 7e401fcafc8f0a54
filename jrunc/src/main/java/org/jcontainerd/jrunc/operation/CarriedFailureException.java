package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import org.jcontainerd.jrunc.RuncFailure;

/** Carries a failure of the runtime, such as that of a hook, through the launch that it ends. */
final class CarriedFailureException extends IOException {
  private static final long serialVersionUID = 1L;

  private final RuncFailure failure;

  CarriedFailureException(RuncFailure failure) {
    super(failure);
    this.failure = failure;
  }

  RuncFailure failure() {
    return failure;
  }
}
