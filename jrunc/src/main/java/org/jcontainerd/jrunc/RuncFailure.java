package org.jcontainerd.jrunc;

import java.util.List;
import org.jcontainerd.linux.LinuxException;

/**
 * What can go wrong in the runtime, by what a caller can do about it. The message names the
 * operation, the object and the cause.
 */
public abstract sealed class RuncFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private RuncFailure(String message) {
    super(message);
  }

  private RuncFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /** No container of that id exists. Not for a missing program or file: see {@link Failed}. */
  public static final class NotFound extends RuncFailure {
    private static final long serialVersionUID = 1L;
    private final String id;

    public NotFound(String id) {
      super("container does not exist: '" + id + "'");
      this.id = id;
    }

    public String id() {
      return id;
    }
  }

  /** A container of that id exists already. */
  public static final class AlreadyExists extends RuncFailure {
    private static final long serialVersionUID = 1L;
    private final String id;

    public AlreadyExists(String id) {
      super("container with id '" + id + "' exists already");
      this.id = id;
    }

    public String id() {
      return id;
    }
  }

  /** The request or config.json is wrong whatever the state; {@link #field} names the place. */
  public static final class InvalidArgument extends RuncFailure {
    private static final long serialVersionUID = 1L;
    private final String field;

    public InvalidArgument(String field, String problem) {
      super(field + ": " + problem);
      this.field = field;
    }

    public InvalidArgument(String field, String problem, Throwable cause) {
      super(field + ": " + problem, cause);
      this.field = field;
    }

    /** Path in config.json, or the name of the argument. */
    public String field() {
      return field;
    }
  }

  /** The request is right, but not in the container's state ("container not running"). */
  public static final class FailedPrecondition extends RuncFailure {
    private static final long serialVersionUID = 1L;

    public FailedPrecondition(String message) {
      super(message);
    }
  }

  /** config.json asks for something that this runtime or this kernel does not have. */
  public static final class NotSupported extends RuncFailure {
    private static final long serialVersionUID = 1L;
    private final String field;

    public NotSupported(String field, String reason) {
      super(field + ": not supported: " + reason);
      this.field = field;
    }

    public String field() {
      return field;
    }
  }

  /**
   * The program of the container or exec cannot be executed: missing, not executable, wrong format.
   * The errno says which; a shell would answer 127 for ENOENT and 126 for the others.
   */
  public static final class ExecFailed extends RuncFailure {
    private static final long serialVersionUID = 1L;
    private final int errno;

    public ExecFailed(String message, int errno) {
      super(message);
      this.errno = errno;
    }

    public int errno() {
      return errno;
    }
  }

  /** The kernel, the helper or a hook refused a step; the cause has the system call and errno. */
  public static final class Failed extends RuncFailure {
    private static final long serialVersionUID = 1L;

    public Failed(String operation, Throwable cause) {
      super(operation + ": " + cause.getMessage(), cause);
    }

    public Failed(String message) {
      super(message);
    }

    /** Several steps of one teardown failed; all are suppressed exceptions of this. */
    public static Failed ofAll(String operation, List<? extends Exception> failures) {
      var all = new Failed(operation, failures.get(0));
      failures.stream().skip(1).forEach(all::addSuppressed);
      return all;
    }

    /** The errno at the bottom, 0 if it was not a system call that failed. */
    public int errno() {
      return getCause() instanceof LinuxException kernel ? kernel.errno() : 0;
    }
  }
}
