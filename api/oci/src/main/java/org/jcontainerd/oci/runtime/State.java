package org.jcontainerd.oci.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jcontainerd.oci.json.Json;

/**
 * State of a container (runtime.md, "State").
 *
 * @param ociVersion version of the runtime-spec
 * @param id the container
 * @param status creating, created, running or stopped; also paused
 * @param pid process id seen by the runtime; absent when stopped
 * @param bundle the bundle directory, absolute
 * @param annotations the configuration's annotations
 */
public record State(
    @Json(always = true) String ociVersion,
    @Json(always = true) String id,
    @Json(always = true) String status,
    int pid,
    @Json(always = true) String bundle,
    Map<String, String> annotations) {
  public State {
    annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
  }
}
