package org.jcontainerd.oci.runtime;

import java.util.List;
import org.jcontainerd.oci.json.Json;

/**
 * NUMA memory policy (set_mempolicy(2)).
 *
 * @param mode {@code MPOL_...}
 * @param nodes node list
 * @param flags {@code MPOL_F_...}
 */
public record MemoryPolicy(@Json(always = true) String mode, String nodes, List<String> flags) {
  public MemoryPolicy {
    flags = List.copyOf(flags);
  }
}
