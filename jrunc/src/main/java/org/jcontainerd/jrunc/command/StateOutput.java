package org.jcontainerd.jrunc.command;

import java.time.Instant;
import java.util.Map;
import org.jcontainerd.jrunc.ContainerInfo;
import org.jcontainerd.oci.json.Json;

/**
 * A container as {@code state} and {@code list} show it: runtime.md, "State", and what runc adds.
 */
record StateOutput(
    @Json(always = true) String ociVersion,
    @Json(always = true) String id,
    @Json(always = true) int pid,
    @Json(always = true) String status,
    @Json(always = true) String bundle,
    @Json(always = true) String rootfs,
    @Json(always = true) Instant created,
    Map<String, String> annotations,
    @Json(always = true) String owner) {

  static StateOutput of(ContainerInfo info) {
    return new StateOutput(
        JruncProgram.SPEC_VERSION,
        info.id(),
        info.pid().orElse(0),
        info.status().word(),
        info.bundle().toString(),
        info.rootfs().toString(),
        info.created(),
        info.annotations(),
        info.owner());
  }
}
