package org.jcontainerd.daemon.shim;

/**
 * Why a call of the shim failed; the message names the call, the task and the cause, so the cause
 * need not be printed again.
 */
public abstract sealed class ShimFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private ShimFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /** There is no such task or process. */
  public static final class NotFound extends ShimFailure {
    private static final long serialVersionUID = 1L;

    public NotFound(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The id is taken. */
  public static final class AlreadyExists extends ShimFailure {
    private static final long serialVersionUID = 1L;

    public AlreadyExists(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The task is in a state in which the call makes no sense. */
  public static final class FailedPrecondition extends ShimFailure {
    private static final long serialVersionUID = 1L;

    public FailedPrecondition(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** No shim answers and none could be started, or it died during a call that is not repeated. */
  public static final class Unavailable extends ShimFailure {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The runtime tried and could not; the message has the step and the error. */
  public static final class Refused extends ShimFailure {
    private static final long serialVersionUID = 1L;

    public Refused(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
