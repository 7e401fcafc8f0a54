package org.jcontainerd.jrunc.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.DeviceRule;

/**
 * Device rules of a container: those of the configuration, then, as in runc, those without which
 * nothing runs: mknod of any, the default devices, ptys, tun. A device that the configuration only
 * lists gets a node and no rule.
 */
public final class DeviceRules {
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

  /** What the rules of a configuration come to, checked. */
  public static DeviceAllowance allowance(List<DeviceRule> configured)
      throws RuncFailure.InvalidArgument {
    var rules = new ArrayList<DeviceRule>();
    for (int i = 0; i < configured.size(); i++) {
      check("linux.resources.devices[" + i + "]", configured.get(i));
      rules.add(configured.get(i));
    }
    rules.addAll(ALWAYS);
    return DeviceAllowance.of(rules);
  }

  private static void check(String field, DeviceRule rule) throws RuncFailure.InvalidArgument {
    if (!List.of("", "a", "b", "c").contains(rule.type())) {
      throw new RuncFailure.InvalidArgument(field + ".type", "unknown '" + rule.type() + "'");
    }
    if (!rule.access().matches("[rwm]+")) {
      throw new RuncFailure.InvalidArgument(
          field + ".access", "'" + rule.access() + "' is not of the letters rwm");
    }
    checkNumber(field + ".major", rule.major().orElse(0L));
    checkNumber(field + ".minor", rule.minor().orElse(0L));
  }

  /** -1 is what some callers write for all. */
  private static void checkNumber(String field, long number) throws RuncFailure.InvalidArgument {
    if (number < -1 || number > 0xFFFF_FFFFL) {
      throw new RuncFailure.InvalidArgument(field, number + " is not a device number");
    }
  }
}
