package org.jcontainerd.daemon.record;

/** A state machine was given an event that its state does not have: a mistake of ours. */
public final class IllegalTransition extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public IllegalTransition(Record state, Record event) {
    super("state '" + state + "' has no transition for '" + event + "'");
  }
}
