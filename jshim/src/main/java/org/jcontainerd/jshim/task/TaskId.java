package org.jcontainerd.jshim.task;

/** A container in a namespace of containerd; both become names of directories. Immutable. */
public record TaskId(String namespace, String id) {
  private static final int MAX = 255;

  /**
   * @throws ShimFailure.InvalidArgument if one of them cannot be a name
   */
  public static TaskId of(String namespace, String id) throws ShimFailure {
    check("namespace", namespace);
    check("id", id);
    return new TaskId(namespace, id);
  }

  /**
   * Checks a name that becomes a directory: letters, digits and {@code _ + - .}, not dots alone.
   */
  public static void check(String what, String name) throws ShimFailure {
    if (name.isEmpty()
        || name.length() > MAX
        || !name.matches("[A-Za-z0-9_+.-]+")
        || name.matches("\\.+")) {
      throw new ShimFailure.InvalidArgument(what + " '" + name + "' is not a valid name");
    }
  }

  @Override
  public String toString() {
    return namespace + "/" + id;
  }
}
