package org.jcontainerd.oci.json;

import java.io.IOException;

/**
 * JSON that is malformed or has another type than its record. The message starts with the path of
 * the value, for example {@code linux.namespaces[2].type: expected a string, found 12}.
 */
public final class JsonException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final String reason;

  JsonException(String path, String reason, Throwable cause) {
    super(path.isEmpty() ? reason : path + ": " + reason, cause);
    this.path = path;
    this.reason = reason;
  }

  JsonException(String reason) {
    super(reason);
    this.path = "";
    this.reason = reason;
  }

  /** The path of the value inside the document; empty for the document itself. */
  public String path() {
    return path;
  }

  /** What is wrong with the value, without the path. */
  public String reason() {
    return reason;
  }

  /** The same failure as seen from the object that has the failing value as its field. */
  JsonException inField(String name) {
    String inner = path.isEmpty() || path.startsWith("[") ? path : "." + path;
    return new JsonException(name + inner, reason, this.rootCause());
  }

  /** The same failure as seen from the list that has the failing value as an element. */
  JsonException inElement(int index) {
    String inner = path.isEmpty() || path.startsWith("[") ? path : "." + path;
    return new JsonException("[" + index + "]" + inner, reason, this.rootCause());
  }

  private Throwable rootCause() {
    return getCause() == null ? this : getCause();
  }
}
