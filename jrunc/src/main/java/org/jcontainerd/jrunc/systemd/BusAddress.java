package org.jcontainerd.jrunc.systemd;

import java.util.Map;
import org.jcontainerd.jrunc.RuncFailure;

/** Where the buses are (D-Bus Specification, "Well-known Message Bus Instances"). Pure. */
final class BusAddress {
  private static final String SYSTEM = "unix:path=/run/dbus/system_bus_socket";

  private BusAddress() {}

  static String system(Map<String, String> environment) {
    String given = environment.getOrDefault("DBUS_SYSTEM_BUS_ADDRESS", "");
    return given.isEmpty() ? SYSTEM : given;
  }

  /** The bus of the caller's own systemd. */
  static String user(Map<String, String> environment) throws RuncFailure.FailedPrecondition {
    String given = environment.getOrDefault("DBUS_SESSION_BUS_ADDRESS", "");
    if (!given.isEmpty()) {
      return given;
    }
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (runtime.isEmpty()) {
      throw new RuncFailure.FailedPrecondition(
          "systemd's user bus: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set; log in"
              + " through systemd, or use the cgroupfs driver");
    }
    return "unix:path=" + runtime + "/bus";
  }
}
