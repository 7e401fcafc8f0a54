package org.jcontainerd.daemon.trace;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One step of a long operation, for flight recordings. */
@Name("org.jcontainerd.Step")
@Label("Step")
@Category("jcontainerd")
@StackTrace(false)
final class StepEvent extends Event {
  @Label("Object")
  String object = "";

  @Label("Step")
  String step = "";

  @Label("Failed")
  boolean failed;
}
