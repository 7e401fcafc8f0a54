package org.jcontainerd.daemon.registry;

import java.io.IOException;

/** Why one endpoint did not give what was asked. */
public final class EndpointException extends IOException {
  /** What the caller can do about it. */
  public enum Kind {
    /** Try the next endpoint. */
    NOT_FOUND,
    /** Ask with other credentials. */
    UNAUTHORIZED,
    /** Try again. */
    UNAVAILABLE,
    /** Nothing: the answer makes no sense. */
    MALFORMED
  }

  private final Kind kind;

  EndpointException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  EndpointException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** The failure of a transport: exceptions of the JDK often have no message of their own. */
  static EndpointException transport(IOException cause) {
    if (cause instanceof EndpointException known) {
      return known;
    }
    var message = cause.getMessage();
    var name = cause.getClass().getSimpleName();
    return new EndpointException(
        Kind.UNAVAILABLE, message == null ? name : name + ": " + message, cause);
  }
}
