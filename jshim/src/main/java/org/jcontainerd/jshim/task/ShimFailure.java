package org.jcontainerd.jshim.task;

/** What can go wrong with a request to the shim, by what the caller can do about it. */
public abstract sealed class ShimFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private ShimFailure(String message) {
    super(message);
  }

  /** No such task, exec, or (for signals) process any more. */
  public static final class NotFound extends ShimFailure {
    private static final long serialVersionUID = 1L;

    public NotFound(String what) {
      super(what);
    }

    static NotFound task(TaskId id) {
      return new NotFound(
          "task '" + id.id() + "' does not exist in namespace '" + id.namespace() + "'");
    }

    static NotFound exec(TaskId id, String exec) {
      return new NotFound("exec '" + exec + "' does not exist in task '" + id.id() + "'");
    }
  }

  /** The id is taken. */
  public static final class AlreadyExists extends ShimFailure {
    private static final long serialVersionUID = 1L;

    public AlreadyExists(String what) {
      super(what);
    }
  }

  /** The request is right, but not in this state. */
  public static final class FailedPrecondition extends ShimFailure {
    private static final long serialVersionUID = 1L;

    public FailedPrecondition(String what) {
      super(what);
    }
  }

  /** The request is wrong whatever the state. */
  public static final class InvalidArgument extends ShimFailure {
    private static final long serialVersionUID = 1L;

    public InvalidArgument(String what) {
      super(what);
    }
  }

  /** Nobody has written this yet, or this kernel cannot do it. */
  public static final class Unimplemented extends ShimFailure {
    private static final long serialVersionUID = 1L;

    public Unimplemented(String what) {
      super(what);
    }
  }
}
