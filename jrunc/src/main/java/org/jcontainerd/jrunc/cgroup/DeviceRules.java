package org.jcontainerd.jrunc.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.Device;
import org.jcontainerd.oci.runtime.DeviceRule;

/**
 * Device rules of a container: those of the configuration, then, as in runc, those without which
 * nothing runs: mknod of any, the default devices, ptys, tun, and the devices that the
 * configuration lists.
 */
final class DeviceRules {
  private DeviceRules() {}

  private static final List<DeviceRule> ALWAYS =
      List.of(
          allow("c", -1, -1, "m"),
          allow("b", -1, -1, "m"),
          allow("c", 1, 3, "rwm"),
          allow("c", 1, 8, "rwm"),
          allow("c", 1, 7, "rwm"),
          allow("c", 5, 0, "rwm"),
          allow("c", 1, 5, "rwm"),
          allow("c", 1, 9, "rwm"),
          allow("c", 136, -1, "rwm"),
          allow("c", 5, 2, "rwm"),
          allow("c", 10, 200, "rwm"));

  private static DeviceRule allow(String type, long major, long minor, String access) {
    return new DeviceRule(
        true,
        type,
        major < 0 ? Optional.empty() : Optional.of(major),
        minor < 0 ? Optional.empty() : Optional.of(minor),
        access);
  }

  static List<DeviceRule> all(List<DeviceRule> configured, List<Device> listed)
      throws RuncFailure.InvalidArgument {
    var rules = new ArrayList<DeviceRule>();
    for (int i = 0; i < configured.size(); i++) {
      check("linux.resources.devices[" + i + "]", configured.get(i));
      rules.add(configured.get(i));
    }
    // A rule that only repeats one in force would cost a write and change nothing.
    for (DeviceRule rule : ALWAYS) {
      if (!rules.contains(rule)) {
        rules.add(rule);
      }
    }
    for (Device device : listed) {
      if (!device.type().equals("p")) {
        String type = device.type().equals("u") ? "c" : device.type();
        DeviceRule rule = allow(type, device.major(), device.minor(), "rwm");
        if (!rules.contains(rule)) {
          rules.add(rule);
        }
      }
    }
    return rules;
  }

  private static void check(String field, DeviceRule rule) throws RuncFailure.InvalidArgument {
    if (!List.of("", "a", "b", "c").contains(rule.type())) {
      throw new RuncFailure.InvalidArgument(field + ".type", "unknown '" + rule.type() + "'");
    }
    if (!rule.access().matches("[rwm]*")) {
      throw new RuncFailure.InvalidArgument(
          field + ".access", "'" + rule.access() + "' is not of the letters rwm");
    }
  }

  /** Whether the rule is about every device. */
  static boolean isForAll(DeviceRule rule) {
    return (rule.type().isEmpty() || rule.type().equals("a"))
        && rule.major().isEmpty()
        && rule.minor().isEmpty();
  }

  /** The line for devices.allow or devices.deny of cgroup v1. */
  static String line(DeviceRule rule) {
    if (isForAll(rule)) {
      return "a";
    }
    return "%s %s:%s %s"
        .formatted(
            rule.type().isEmpty() ? "a" : rule.type(),
            rule.major().filter(n -> n >= 0).map(Object::toString).orElse("*"),
            rule.minor().filter(n -> n >= 0).map(Object::toString).orElse("*"),
            rule.access().isEmpty() ? "rwm" : rule.access());
  }
}
