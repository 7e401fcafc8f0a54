package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import org.jcontainerd.jrunc.RuncFailure;

/** Carries the failure of a hook through the launch that it ends. */
final class HookFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final RuncFailure failure;

  HookFailedException(RuncFailure failure) {
    super(failure);
    this.failure = failure;
  }

  RuncFailure failure() {
    return failure;
  }
}
