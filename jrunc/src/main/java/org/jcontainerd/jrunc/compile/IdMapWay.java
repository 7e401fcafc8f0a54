package org.jcontainerd.jrunc.compile;

import java.util.List;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Linux;

/** How the maps of a new user namespace come about (user_namespaces(7)). */
public enum IdMapWay {
  /** There is none to be made. */
  NONE,
  /** The helper writes them: it may use any id that it has itself. */
  WRITTEN,
  /** The helper writes them: the caller's own ids alone, for which setgroups(2) is given up. */
  OWN_ID,
  /** By {@code newuidmap} and {@code newgidmap}, which know the caller's subordinate ids. */
  PROGRAMS;

  /** By what the caller may do, not by who it is. */
  public static IdMapWay of(Linux linux, Namespaces namespaces, HostFacts host) {
    if (!namespaces.creates(Namespace.USER)) {
      return NONE;
    }
    if (host.mapsIds()) {
      return WRITTEN;
    }
    boolean own =
        isOwn(linux.uidMappings(), host.caller().uid())
            && isOwn(linux.gidMappings(), host.caller().gid());
    return own ? OWN_ID : PROGRAMS;
  }

  private static boolean isOwn(List<IdMapping> mappings, int id) {
    return mappings.size() == 1
        && mappings.get(0).size() == 1
        && mappings.get(0).hostId() == Integer.toUnsignedLong(id);
  }

  /** Whether groups can be set in the namespace. */
  public boolean allowsGroups() {
    return this != OWN_ID;
  }
}
