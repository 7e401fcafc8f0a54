package org.jcontainerd.jrunc;

import org.jcontainerd.jrunc.launch.HelperMessage;
import org.jcontainerd.jrunc.plan.Plan;

/** Hears what an operation does; called on the operation's thread. */
public interface OperationTrace {
  /** A part of the operation is done. */
  void stage(String what);

  /** A plan is about to be run: the steps that {@link #step} counts. */
  void plan(Plan plan);

  /** The helper or the process has done a step. */
  void step(HelperMessage.Done done);
}
