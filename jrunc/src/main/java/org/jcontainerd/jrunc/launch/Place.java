package org.jcontainerd.jrunc.launch;

/** Where a step of a plan ran. In the order of the helper's {@code enum place}. */
public enum Place {
  /** The helper before the clone. */
  PARENT,
  /** The helper after the clone. */
  KEEPER,
  /** The new process. */
  CHILD;

  static Place of(int number) {
    return number < values().length ? values()[number] : CHILD;
  }
}
