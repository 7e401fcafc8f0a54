package org.jcontainerd.oci.runtime;

import java.util.List;
import org.jcontainerd.oci.json.Json;

/**
 * Execution domain (personality(2)).
 *
 * @param domain LINUX or LINUX32
 * @param flags reserved
 */
public record Personality(@Json(always = true) String domain, List<String> flags) {
  public Personality {
    flags = List.copyOf(flags);
  }
}
