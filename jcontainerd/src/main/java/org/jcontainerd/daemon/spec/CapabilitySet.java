package org.jcontainerd.daemon.spec;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jcontainerd.api.cri.v1.Capability;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.oci.runtime.Capabilities;

/** The capabilities of a container's process. */
final class CapabilitySet {
  private static final String ALL = "ALL";

  // what the field gives by default (docker, containerd)
  private static final List<String> DEFAULT =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_FSETID",
          "CAP_FOWNER",
          "CAP_MKNOD",
          "CAP_NET_RAW",
          "CAP_SETGID",
          "CAP_SETUID",
          "CAP_SETFCAP",
          "CAP_SETPCAP",
          "CAP_NET_BIND_SERVICE",
          "CAP_SYS_CHROOT",
          "CAP_KILL",
          "CAP_AUDIT_WRITE");

  private CapabilitySet() {}

  /**
   * The sets: bounding, permitted and effective alike; ambient as asked; inheritable always empty
   * (CVE-2022-24769). "ALL" means what this machine can give.
   */
  static Capabilities of(Capability wanted, boolean privileged, HostFacts host) {
    if (privileged) {
      return sets(host.capabilities(), List.of());
    }
    Set<String> set = new LinkedHashSet<>(DEFAULT);
    if (hasAll(wanted.getAddCapabilitiesList())) {
      set.addAll(host.capabilities());
    }
    if (hasAll(wanted.getDropCapabilitiesList())) {
      set.clear();
    }
    set.addAll(names(wanted.getAddCapabilitiesList()));
    var ambient = names(wanted.getAddAmbientCapabilitiesList());
    set.addAll(ambient);
    for (String name : names(wanted.getDropCapabilitiesList())) {
      set.remove(name);
      ambient.remove(name);
    }
    set.retainAll(host.capabilities()); // the kernel would refuse the others
    ambient.retainAll(set);
    return sets(List.copyOf(set), List.copyOf(ambient));
  }

  private static Capabilities sets(List<String> held, List<String> ambient) {
    return Capabilities.builder()
        .bounding(held)
        .effective(held)
        .permitted(held)
        .ambient(ambient)
        .build();
  }

  private static boolean hasAll(List<String> names) {
    return names.stream().anyMatch(ALL::equalsIgnoreCase);
  }

  private static Set<String> names(List<String> wanted) {
    var names = new LinkedHashSet<String>();
    for (String each : wanted) {
      String upper = each.toUpperCase(Locale.ROOT);
      if (upper.equals(ALL)) {
        continue;
      }
      String name = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
      if (!HostFacts.known(name)) {
        throw new DaemonFailure.InvalidArgument("capability '" + each + "': unknown");
      }
      names.add(name);
    }
    return names;
  }
}
