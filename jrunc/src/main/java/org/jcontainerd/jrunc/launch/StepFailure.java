package org.jcontainerd.jrunc.launch;

import java.util.Locale;
import java.util.OptionalInt;
import org.jcontainerd.linux.LinuxException;

/**
 * A step that the helper could not run; immutable.
 *
 * @param step index in the plan; empty if the plan itself was refused or the keeper failed
 * @param op what kind of step, such as {@code mount}
 * @param cause the call, its object and the errno
 */
public record StepFailure(OptionalInt step, String op, Place place, LinuxException cause) {
  /** {@code step 12 'mount' in the child: fsopen('tmpfs'): ...}. */
  public String message() {
    String where = step.isPresent() ? "step " + step.getAsInt() + " '" + op + "'" : "plan";
    return where + " in the " + place.name().toLowerCase(Locale.ROOT) + ": " + cause.getMessage();
  }
}
