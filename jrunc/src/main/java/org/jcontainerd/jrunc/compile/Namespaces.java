package org.jcontainerd.jrunc.compile;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.Namespace;

/**
 * The namespaces of a container; all others are the runtime's.
 *
 * @param created those made for it
 * @param joined those that exist, with their path
 */
public record Namespaces(Set<Namespace> created, Map<Namespace, String> joined) {

  /** Reads the list of a configuration. */
  public static Namespaces of(List<org.jcontainerd.oci.runtime.Namespace> list)
      throws RuncFailure.InvalidArgument {
    var created = EnumSet.noneOf(Namespace.class);
    var joined = new EnumMap<Namespace, String>(Namespace.class);
    for (int i = 0; i < list.size(); i++) {
      String field = "linux.namespaces[" + i + "]";
      Namespace type = parse(field, list.get(i).type());
      if (created.contains(type) || joined.containsKey(type)) {
        throw new RuncFailure.InvalidArgument(
            field, "malformed spec file: duplicated ns '" + list.get(i).type() + "'");
      }
      if (list.get(i).path().isEmpty()) {
        created.add(type);
      } else {
        joined.put(type, list.get(i).path());
      }
    }
    return new Namespaces(created, joined);
  }

  private static Namespace parse(String field, String type) throws RuncFailure.InvalidArgument {
    return switch (type) {
      case "pid" -> Namespace.PID;
      case "network" -> Namespace.NETWORK;
      case "mount" -> Namespace.MOUNT;
      case "ipc" -> Namespace.IPC;
      case "uts" -> Namespace.UTS;
      case "user" -> Namespace.USER;
      case "cgroup" -> Namespace.CGROUP;
      case "time" -> Namespace.TIME;
      default ->
          throw new RuncFailure.InvalidArgument(
              field + ".type", "unknown namespace '" + type + "'");
    };
  }

  /** Whether the container has a namespace of this kind that is not the runtime's. */
  public boolean has(Namespace namespace) {
    return created.contains(namespace) || joined.containsKey(namespace);
  }

  /** Whether it is made for the container. */
  boolean creates(Namespace namespace) {
    return created.contains(namespace);
  }

  Optional<String> path(Namespace namespace) {
    return Optional.ofNullable(joined.get(namespace));
  }

  /** All kinds that the container does not share with the runtime. */
  public Set<Namespace> all() {
    var all = EnumSet.noneOf(Namespace.class);
    all.addAll(created);
    all.addAll(joined.keySet());
    return all;
  }
}
