package org.jcontainerd.jrunc.command;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jcontainerd.jrunc.ContainerInfo;

/**
 * A container as {@code state} and {@code list} show it: runtime.md, "State", and what runc adds.
 */
final class StateOutput {
  private StateOutput() {}

  /** A map and not a record with annotations, which cost a command 13 ms: see ContainerState. */
  static Map<String, Object> of(ContainerInfo info) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("ociVersion", JruncProgram.SPEC_VERSION);
    fields.put("id", info.id());
    fields.put("pid", info.pid().orElse(0));
    fields.put("status", info.status().word());
    fields.put("bundle", info.bundle().toString());
    fields.put("rootfs", info.rootfs().toString());
    fields.put("created", info.created());
    if (!info.annotations().isEmpty()) {
      fields.put("annotations", info.annotations());
    }
    fields.put("owner", info.owner());
    return fields;
  }
}
