package org.jcontainerd.daemon.spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.SyscallRule;

/**
 * The profile behind RuntimeDefault: what the field allows by default, more for some capabilities.
 * AF_ALG (CVE-2026-31431), AF_VSOCK and io_uring are not allowed. Immutable.
 *
 * <p>{@code socket} is allowed by three ranges around the two families: one rule with two "not
 * equal" comparisons on the same argument would be split and allow both.
 *
 * @param base what every container may do
 * @param architectures what one machine architecture adds
 * @param capabilities what holding a capability adds
 * @param withoutSysAdmin what replaces it without CAP_SYS_ADMIN: clone without namespace flags, and
 *     clone3, whose flags a filter cannot see, answers ENOSYS so that libc falls back
 */
record SeccompDefault(
    Seccomp base,
    List<Architecture> architectures,
    List<Grant> capabilities,
    List<SyscallRule> withoutSysAdmin) {
  private static final String RESOURCE = "seccomp-default.json";
  private static final String ALLOW = "SCMP_ACT_ALLOW";

  /** One machine architecture, by the name that the JVM has for it. */
  record Architecture(String name, List<String> seccomp, List<String> syscalls) {}

  /** System calls that a capability adds. */
  record Grant(String name, List<String> syscalls) {}

  /** Reads the profile that is part of the program. */
  static SeccompDefault load() {
    try (var in = SeccompDefault.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("resource '" + RESOURCE + "' is missing");
      }
      return OciJson.read(in.readAllBytes(), SeccompDefault.class);
    } catch (IOException e) {
      throw new UncheckedIOException("read resource '" + RESOURCE + "'", e);
    }
  }

  /** The profile for a container with these bounding capabilities on this machine. */
  Seccomp forCapabilities(Set<String> bounding, String machine) {
    var rules = new ArrayList<>(base.syscalls());
    var seccompArchitectures = new ArrayList<String>();
    for (Architecture each : architectures) {
      if (each.name().equals(machine)) {
        seccompArchitectures.addAll(each.seccomp());
        rules.add(allow(each.syscalls()));
      }
    }
    for (Grant each : capabilities) {
      if (bounding.contains(each.name())) {
        rules.add(allow(each.syscalls()));
      }
    }
    if (!bounding.contains("CAP_SYS_ADMIN")) {
      rules.addAll(withoutSysAdmin);
    }
    return base.toBuilder().architectures(seccompArchitectures).syscalls(rules).build();
  }

  private static SyscallRule allow(List<String> names) {
    return SyscallRule.builder().names(names).action(ALLOW).build();
  }
}
