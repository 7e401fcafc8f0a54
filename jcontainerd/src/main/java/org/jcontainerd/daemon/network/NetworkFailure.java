package org.jcontainerd.daemon.network;

import java.io.Serial;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What can go wrong between a pod and its network. */
public abstract sealed class NetworkFailure extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private NetworkFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** There is no usable network configuration; it works once there is one. */
  public static final class NotReady extends NetworkFailure {
    @Serial private static final long serialVersionUID = 1;

    NotReady(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** A plugin failed, or a record of it could not be read or written. */
  public static final class Failed extends NetworkFailure {
    @Serial private static final long serialVersionUID = 1;

    Failed(String what, Throwable cause) {
      super(what + ": " + Objects.requireNonNullElse(cause.getMessage(), cause.toString()), cause);
    }
  }
}
