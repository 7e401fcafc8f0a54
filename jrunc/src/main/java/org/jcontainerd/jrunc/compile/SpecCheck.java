package org.jcontainerd.jrunc.compile;

import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;

/**
 * What a configuration must have, and what this runtime does not do. Nothing that a configuration
 * asks for is left out in silence.
 */
final class SpecCheck {
  private SpecCheck() {}

  static void check(CreateInput input) throws RuncFailure {
    Spec spec = input.spec();
    Namespaces namespaces = input.namespaces();
    if (spec.root().isEmpty()) {
      throw new RuncFailure.InvalidArgument("root", "must be specified");
    }
    checkNames(spec, namespaces);
    checkPaths(input.linux(), namespaces);
    checkUser(input.linux(), namespaces);
    checkUnsupported(input.linux());
    process(input.process(), input.host());
  }

  private static void checkNames(Spec spec, Namespaces namespaces)
      throws RuncFailure.InvalidArgument {
    if (!spec.hostname().isEmpty() && !namespaces.has(Namespace.UTS)) {
      throw new RuncFailure.InvalidArgument(
          "hostname", "unable to set hostname without a private UTS namespace");
    }
    if (!spec.domainname().isEmpty() && !namespaces.has(Namespace.UTS)) {
      throw new RuncFailure.InvalidArgument(
          "domainname", "unable to set domainname without a private UTS namespace");
    }
  }

  private static void checkPaths(Linux linux, Namespaces namespaces)
      throws RuncFailure.InvalidArgument {
    if (namespaces.has(Namespace.MOUNT)) {
      return;
    }
    if (!linux.maskedPaths().isEmpty() || !linux.readonlyPaths().isEmpty()) {
      throw new RuncFailure.InvalidArgument(
          "linux.maskedPaths", "unable to restrict sys entries without a private MNT namespace");
    }
  }

  private static void checkUser(Linux linux, Namespaces namespaces)
      throws RuncFailure.InvalidArgument {
    boolean mapped = !linux.uidMappings().isEmpty() || !linux.gidMappings().isEmpty();
    if (namespaces.creates(Namespace.USER)) {
      if (linux.uidMappings().isEmpty() || linux.gidMappings().isEmpty()) {
        throw new RuncFailure.InvalidArgument(
            "linux.uidMappings", "user namespaces enabled, but no uid or gid mappings found");
      }
    } else if (mapped && !namespaces.has(Namespace.USER)) {
      throw new RuncFailure.InvalidArgument(
          "linux.uidMappings",
          "user namespace mappings specified, but user namespace isn't enabled in the config");
    }
    if (!linux.timeOffsets().isEmpty() && !namespaces.creates(Namespace.TIME)) {
      throw new RuncFailure.InvalidArgument(
          "linux.timeOffsets",
          "time namespace offsets specified, but time namespace isn't enabled in the config");
    }
  }

  private static void checkUnsupported(Linux linux) throws RuncFailure.NotSupported {
    if (!linux.netDevices().isEmpty()) {
      throw new RuncFailure.NotSupported(
          "linux.netDevices", "moving host interfaces is not in yet");
    }
    if (linux.intelRdt().isPresent()) {
      throw new RuncFailure.NotSupported("linux.intelRdt", "resctrl is not in yet");
    }
  }

  /** Checks that hold for the process of a container and of an exec. */
  static void process(ProcessSpec process, HostFacts host) throws RuncFailure {
    if (process.args().isEmpty() || process.args().get(0).isEmpty()) {
      throw new RuncFailure.InvalidArgument("process.args", "must not be empty");
    }
    if (process.cwd().isEmpty()) {
      throw new RuncFailure.InvalidArgument("process.cwd", "property must not be empty");
    }
    if (!process.cwd().startsWith("/")) {
      throw new RuncFailure.InvalidArgument("process.cwd", "must be an absolute path");
    }
    if (!process.apparmorProfile().isEmpty() && !host.appArmor()) {
      throw new RuncFailure.NotSupported(
          "process.apparmorProfile", "AppArmor is not enabled on this host");
    }
    if (!process.selinuxLabel().isEmpty() && !host.selinux()) {
      throw new RuncFailure.NotSupported(
          "process.selinuxLabel", "SELinux is not enabled on this host");
    }
  }
}
