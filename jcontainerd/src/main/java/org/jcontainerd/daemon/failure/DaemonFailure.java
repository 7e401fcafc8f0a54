package org.jcontainerd.daemon.failure;

/**
 * What a caller of the daemon can act on, one member per action. The messages follow the house's
 * grammar: operation, object, cause, lower case. {@code daemon.cri.FailureStatus} turns each into a
 * gRPC status; nothing else does.
 */
public abstract sealed class DaemonFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private DaemonFailure(String message) {
    super(message);
  }

  private DaemonFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * The named object does not exist. Not for a missing part of an existing object (that is {@link
   * FailedPrecondition}): kubelet takes this one as "gone".
   */
  public static final class NotFound extends DaemonFailure {
    private static final long serialVersionUID = 1L;
    private final String kind;
    private final String id;

    public NotFound(String kind, String id) {
      super(kind + " '" + id + "': not found");
      this.kind = kind;
      this.id = id;
    }

    public String kind() {
      return kind;
    }

    public String id() {
      return id;
    }
  }

  /** Another object holds the name. Not for a repeated identical request, which is answered. */
  public static final class AlreadyExists extends DaemonFailure {
    private static final long serialVersionUID = 1L;

    public AlreadyExists(String message) {
      super(message);
    }
  }

  /** The object is in a state in which the call makes no sense; another call has to come first. */
  public static final class FailedPrecondition extends DaemonFailure {
    private static final long serialVersionUID = 1L;

    public FailedPrecondition(String message) {
      super(message);
    }
  }

  /** The request itself is wrong, whatever the state is. */
  public static final class InvalidArgument extends DaemonFailure {
    private static final long serialVersionUID = 1L;

    public InvalidArgument(String message) {
      super(message);
    }

    public InvalidArgument(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** A part that we depend on does not answer now; the same call may succeed later. */
  public static final class Unavailable extends DaemonFailure {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message) {
      super(message);
    }

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The time that the caller allowed is over. kubelet counts a probe with this code as failed. */
  public static final class DeadlineExceeded extends DaemonFailure {
    private static final long serialVersionUID = 1L;

    public DeadlineExceeded(String message) {
      super(message);
    }
  }

  /** Known to the contract but not built here. The message says what. */
  public static final class Unimplemented extends DaemonFailure {
    private static final long serialVersionUID = 1L;

    public Unimplemented(String message) {
      super(message);
    }
  }

  /** The operation was tried and the system refused; the message and the cause say where. */
  public static final class OperationFailed extends DaemonFailure {
    private static final long serialVersionUID = 1L;

    public OperationFailed(String message) {
      super(message);
    }

    public OperationFailed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
