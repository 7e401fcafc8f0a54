package org.jcontainerd.oci.runtime;

import org.jcontainerd.oci.json.Json;

/**
 * A namespace: a new one, or one joined by path.
 *
 * @param type pid, network, mount, ipc, uts, user, cgroup or time
 * @param path the namespace to join; "" makes a new one
 */
public record Namespace(@Json(always = true) String type, String path) {

  /** A new namespace. */
  public static Namespace created(String type) {
    return new Namespace(type, "");
  }
}
