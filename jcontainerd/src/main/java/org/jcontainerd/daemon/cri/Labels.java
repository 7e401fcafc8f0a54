package org.jcontainerd.daemon.cri;

import java.util.Map;

/** Label selectors of CRI filters. */
public final class Labels {
  private Labels() {}

  /** Whether every label of {@code selector} is there with the same value; empty selects all. */
  public static boolean match(Map<String, String> selector, Map<String, String> labels) {
    for (var each : selector.entrySet()) {
      if (!each.getValue().equals(labels.get(each.getKey()))) {
        return false;
      }
    }
    return true;
  }
}
