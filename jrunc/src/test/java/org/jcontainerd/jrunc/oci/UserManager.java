package org.jcontainerd.jrunc.oci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A systemd manager of an ordinary user with a bus of its own, as a login would start it
 * (user@.service(5)): in a cgroup that the system's manager delegates. No login and no PAM are
 * needed.
 */
final class UserManager implements AutoCloseable {
  private static final String SERVICE = "jrunc-oci-user.service";
  private static final Path UNITS = Path.of("/run/systemd/user");

  /** What the manager starts: the bus alone. */
  private static final Map<String, String> FILES =
      Map.of(
          "jrunc-oci.target",
          "[Unit]\nRequires=dbus.service\nAfter=dbus.service\n",
          "dbus.socket",
          "[Socket]\nListenStream=%t/bus\n",
          "dbus.service",
          """
          [Unit]
          Requires=dbus.socket
          [Service]
          Type=notify
          ExecStart=/usr/bin/dbus-daemon --session --address=systemd: --nofork --nopidfile --systemd-activation
          """);

  private final int uid;

  private UserManager(int uid) {
    this.uid = uid;
  }

  /** Returns when the bus is there. */
  static UserManager start(int uid) throws IOException {
    Files.createDirectories(UNITS);
    for (var file : FILES.entrySet()) {
      Files.writeString(UNITS.resolve(file.getKey()), file.getValue());
    }
    var manager = new UserManager(uid);
    Path runtime = Files.createDirectories(manager.runtime());
    Files.setAttribute(runtime, "unix:uid", uid);
    Files.setAttribute(runtime, "unix:gid", uid);
    var command =
        new ArrayList<>(
            List.of(
                "systemd-run",
                "--quiet",
                "--unit=" + SERVICE,
                "--uid=" + uid,
                "--gid=" + uid,
                "--property=Delegate=yes",
                "--property=Type=notify"));
    manager.environment().forEach((name, value) -> command.add("--setenv=" + name + "=" + value));
    command.addAll(List.of("/usr/lib/systemd/systemd", "--user", "--unit=jrunc-oci.target"));
    try {
      var _ = said(command);
      return manager;
    } catch (IOException e) {
      manager.close();
      throw e;
    }
  }

  private Path runtime() {
    return Path.of("/run/user", Integer.toString(uid));
  }

  /** What a session of the user would have. */
  Map<String, String> environment() {
    return Map.of(
        "XDG_RUNTIME_DIR",
        runtime().toString(),
        "DBUS_SESSION_BUS_ADDRESS",
        "unix:path=" + runtime().resolve("bus"));
  }

  /** The manager's own cgroup. */
  Path cgroup() {
    return Path.of("/sys/fs/cgroup/system.slice", SERVICE);
  }

  /**
   * A cgroup of the user's below that, for whoever calls the runtime: as in one of {@code
   * systemd-run --user --scope}, processes may be moved from there to other units of the manager.
   */
  Path caller() throws IOException {
    Path caller = Files.createDirectory(cgroup().resolve("caller"));
    Files.setAttribute(caller, "unix:uid", uid);
    Files.setAttribute(caller.resolve("cgroup.procs"), "unix:uid", uid);
    return caller;
  }

  /** A property of one of the user's units. */
  String show(String unit, String property) throws IOException {
    var command = new ArrayList<>(List.of("setpriv", "--reuid=" + uid, "--clear-groups", "env"));
    environment().forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(List.of("systemctl", "--user", "show", "--value", "-p", property, unit));
    return said(command);
  }

  private static String said(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int code;
    try {
      code = process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(String.join(" ", command) + ": interrupted", e);
    }
    if (code != 0) {
      throw new IOException(String.join(" ", command) + ": exit code " + code + ": " + said);
    }
    return said;
  }

  @Override
  public void close() throws IOException {
    var _ = said(Arrays.asList("systemctl", "stop", SERVICE));
    for (String file : FILES.keySet()) {
      Files.deleteIfExists(UNITS.resolve(file));
    }
    var _ = said(List.of("rm", "-rf", runtime().toString()));
  }
}
