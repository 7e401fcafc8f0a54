package org.jcontainerd.jrunc.compile;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.oci.runtime.NetDevice;

/** What must hold for interfaces that are moved into the container. */
final class NetworkCheck {
  /** IFNAMSIZ without the ending NUL (linux/if.h). */
  private static final int LONGEST_NAME = 15;

  private NetworkCheck() {}

  static void check(Map<String, NetDevice> devices, Namespaces namespaces)
      throws RuncFailure.InvalidArgument {
    if (!devices.isEmpty() && !namespaces.has(Namespace.NETWORK)) {
      throw new RuncFailure.InvalidArgument(
          "linux.netDevices", "unable to move network devices without a private NET namespace");
    }
    for (var device : devices.entrySet()) {
      String field = "linux.netDevices['" + device.getKey() + "']";
      check(field, device.getKey());
      if (!device.getValue().name().isEmpty()) {
        check(field + ".name", device.getValue().name());
      }
    }
  }

  /** As the kernel's dev_valid_name(). */
  private static void check(String field, String name) throws RuncFailure.InvalidArgument {
    boolean sized = !name.isEmpty() && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
    boolean plain = name.chars().noneMatch(c -> c == '/' || c == ':' || Character.isWhitespace(c));
    if (!sized || !plain || name.equals(".") || name.equals("..")) {
      throw new RuncFailure.InvalidArgument(field, "'" + name + "' is no name of an interface");
    }
  }
}
