package org.jcontainerd.jrunc.plan;

import org.jspecify.annotations.Nullable;

/**
 * A place in the helper's table of descriptors; immutable.
 *
 * <p>Steps name descriptors by slot, never by number, so that a plan is data. A <em>passed</em>
 * slot is filled by the starter (SCM_RIGHTS, in ascending order); a <em>made</em> slot is filled by
 * a step such as {@link ParentStep.Pipes}.
 *
 * @param number index in the table; passed slots start at 0, made ones at {@link #FIRST_MADE}
 * @param name what the descriptor is, for printed plans and errors
 */
public record Slot(int number, String name) {
  /** Size of the table. */
  public static final int LIMIT = 256;

  /** The first slot that a step of the plan fills. */
  public static final int FIRST_MADE = 192;

  public Slot {
    if (number < 0 || number >= LIMIT) {
      throw new IllegalArgumentException("slot '" + name + "': number " + number + " out of range");
    }
  }

  /** Whether the starter has to send a descriptor for it. */
  public boolean passed() {
    return number < FIRST_MADE;
  }

  /** By hand, as {@link #hashCode}: those of a record cost a JVM 8 ms when it first needs them. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Slot that && number == that.number && name.equals(that.name);
  }

  @Override
  public int hashCode() {
    return number;
  }

  @Override
  public String toString() {
    return "#" + number + "(" + name + ")";
  }
}
