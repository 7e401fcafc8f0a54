package org.jcontainerd.oci.runtime;

import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * Class and priorities of packets (cgroup v1 net_cls, net_prio).
 *
 * @param classId class
 * @param priorities priority by interface
 */
public record NetworkClass(
    @Json(name = "classID", unsigned = 32) Optional<Long> classId,
    List<InterfacePriority> priorities) {
  public NetworkClass {
    priorities = List.copyOf(priorities);
  }
}
