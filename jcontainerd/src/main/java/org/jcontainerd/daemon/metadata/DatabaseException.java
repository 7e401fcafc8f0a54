package org.jcontainerd.daemon.metadata;

import java.sql.SQLException;

/**
 * The database could not be read or written: disk full, file damaged, a constraint violated.
 *
 * <p>Unchecked, because no caller can go on without its records: it passes through to the edge of
 * the call, which reports it. A transaction that throws it is rolled back. Do not use it for a
 * record that is absent; that is an empty answer.
 */
public final class DatabaseException extends RuntimeException {
  private final int resultCode;

  DatabaseException(String operation, String object, SQLException cause) {
    super(operation + " '" + object + "': " + cause.getMessage(), cause);
    this.resultCode = cause.getErrorCode();
  }

  DatabaseException(String message) {
    super(message);
    this.resultCode = 0;
  }

  /** True if the file system or the quota is full (SQLITE_FULL). */
  public boolean isFull() {
    return (resultCode & 0xff) == 13;
  }

  /** True if a uniqueness, foreign key or check rule was violated (SQLITE_CONSTRAINT). */
  public boolean isConstraint() {
    return (resultCode & 0xff) == 19;
  }
}
