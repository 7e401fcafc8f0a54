package org.jcontainerd.ttrpc;

import java.io.IOException;

/**
 * A call that ended with a status other than OK, on either side: a handler throws it to answer with
 * that status, a client's call throws it when such an answer came or the connection failed.
 */
public final class TtrpcException extends IOException {
  private final Code code;
  private final String description;

  public TtrpcException(Code code, String description) {
    super(code + ": " + description);
    this.code = code;
    this.description = description;
  }

  public TtrpcException(Code code, String description, Throwable cause) {
    super(code + ": " + description, cause);
    this.code = code;
    this.description = description;
  }

  public Code code() {
    return code;
  }

  /** The message as it travels, without the code. */
  public String description() {
    return description;
  }

  /** The same status with this thread's stack: for a failure that was met on another thread. */
  TtrpcException here() {
    return new TtrpcException(code, description, this);
  }
}
