package org.jcontainerd.jrunc.compile;

import java.util.List;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.resctrl.ResctrlGroup;
import org.jcontainerd.oci.runtime.Hook;
import org.jcontainerd.oci.runtime.Hooks;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.oci.runtime.User;

/**
 * What a configuration must have, and what this runtime does not do. Nothing that a configuration
 * asks for is left out in silence.
 */
final class SpecCheck {
  /** What setresuid(2) takes as "leave it as it is": the process would stay root. */
  private static final long NO_ID = 0xFFFF_FFFFL;

  private SpecCheck() {}

  static void check(CreateInput input) throws RuncFailure {
    Spec spec = input.spec();
    Namespaces namespaces = input.namespaces();
    if (spec.root().isEmpty()) {
      throw new RuncFailure.InvalidArgument("root", "must be specified");
    }
    checkNames(spec, namespaces);
    checkPaths(input.linux(), namespaces);
    UserCheck.check(input.linux(), namespaces, input.process().user(), input.host());
    checkTime(input.linux(), namespaces);
    NetworkCheck.check(input.linux().netDevices(), namespaces);
    checkHooks(spec.hooks().orElseGet(() -> Hooks.builder().build()));
    if (input.linux().intelRdt().isPresent()) {
      ResctrlGroup.check(input.linux().intelRdt().get());
    }
    checkUnsupported(input.linux(), input.host());
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

  private static void checkTime(Linux linux, Namespaces namespaces)
      throws RuncFailure.InvalidArgument {
    if (!linux.timeOffsets().isEmpty() && !namespaces.creates(Namespace.TIME)) {
      throw new RuncFailure.InvalidArgument(
          "linux.timeOffsets",
          "time namespace offsets specified, but time namespace isn't enabled in the config");
    }
  }

  private static void checkHooks(Hooks hooks) throws RuncFailure.InvalidArgument {
    checkHooks("prestart", hooks.prestart());
    checkHooks("createRuntime", hooks.createRuntime());
    checkHooks("createContainer", hooks.createContainer());
    checkHooks("startContainer", hooks.startContainer());
    checkHooks("poststart", hooks.poststart());
    checkHooks("poststop", hooks.poststop());
  }

  private static void checkHooks(String point, List<Hook> hooks)
      throws RuncFailure.InvalidArgument {
    for (int i = 0; i < hooks.size(); i++) {
      String field = "hooks." + point + "[" + i + "]";
      if (!hooks.get(i).path().startsWith("/")) {
        throw new RuncFailure.InvalidArgument(
            field + ".path", "'" + hooks.get(i).path() + "' is not absolute");
      }
      if (hooks.get(i).timeout().isPresent() && hooks.get(i).timeout().get() <= 0) {
        throw new RuncFailure.InvalidArgument(field + ".timeout", "must be greater than zero");
      }
    }
  }

  private static void checkUnsupported(Linux linux, HostFacts host)
      throws RuncFailure.NotSupported {
    if (!linux.mountLabel().isEmpty() && !host.selinux()) {
      throw new RuncFailure.NotSupported("linux.mountLabel", "SELinux is not enabled on this host");
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
    user(process.user());
    words("process.cwd", process.cwd());
    words("process.args", String.join("", process.args()));
    label("process.apparmorProfile", process.apparmorProfile());
    label("process.selinuxLabel", process.selinuxLabel());
    if (!process.apparmorProfile().isEmpty() && !host.appArmor()) {
      throw new RuncFailure.NotSupported(
          "process.apparmorProfile", "AppArmor is not enabled on this host");
    }
    if (!process.selinuxLabel().isEmpty() && !host.selinux()) {
      throw new RuncFailure.NotSupported(
          "process.selinuxLabel", "SELinux is not enabled on this host");
    }
  }

  private static void user(User user) throws RuncFailure.InvalidArgument {
    id("process.user.uid", user.uid());
    id("process.user.gid", user.gid());
    for (long gid : user.additionalGids()) {
      id("process.user.additionalGids", gid);
    }
  }

  private static void id(String field, long id) throws RuncFailure.InvalidArgument {
    if (id >= NO_ID) {
      throw new RuncFailure.InvalidArgument(field, id + " is no id, which are 0 to 4294967294");
    }
  }

  /** The kernel would take what is before a NUL for the whole. */
  private static void words(String field, String text) throws RuncFailure.InvalidArgument {
    if (text.indexOf('\0') >= 0) {
      throw new RuncFailure.InvalidArgument(field, "holds a NUL character");
    }
  }

  /** Labels are written to a file of procfs, where a line could be a command of its own. */
  private static void label(String field, String label) throws RuncFailure.InvalidArgument {
    if (label.chars().anyMatch(Character::isISOControl)) {
      throw new RuncFailure.InvalidArgument(field, "holds a control character");
    }
  }
}
