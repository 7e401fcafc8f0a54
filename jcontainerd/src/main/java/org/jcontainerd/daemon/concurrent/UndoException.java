package org.jcontainerd.daemon.concurrent;

/** Some steps of an operation could not be taken back; each one is a suppressed exception. */
public final class UndoException extends Exception {
  private static final long serialVersionUID = 1L;

  UndoException(String operation, String step) {
    super("undo " + operation + ": incomplete from step '" + step + "'");
  }

  UndoException(String operation, String step, Exception cause) {
    super("undo step '" + step + "' of " + operation + ": " + cause.getMessage(), cause);
  }
}
