package org.jcontainerd.jshim.task;

/** An event that the state of a process does not allow. */
public final class IllegalTransition extends Exception {
  private static final long serialVersionUID = 1L;

  IllegalTransition(TaskState state, TaskEvent event) {
    super("cannot " + event.verb() + " a process that is " + state.word());
  }
}
