package org.jcontainerd.snapshotter.layer;

import java.io.IOException;

/**
 * A layer cannot be applied, whatever the state of this machine: its bytes are malformed, or ask
 * for something that no layer may. The message names the entry and what is wrong with it.
 */
public final class LayerException extends IOException {
  public LayerException(String message) {
    super(message);
  }

  public LayerException(String message, Throwable cause) {
    super(message, cause);
  }

  static LayerException of(String entry, String problem) {
    return new LayerException("entry '" + printable(entry) + "': " + problem);
  }

  /** Names come from the image: control characters must not reach a log. */
  private static String printable(String name) {
    var cut = name.length() > 200 ? name.substring(0, 200) + "..." : name;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
