package org.jcontainerd.jrunc.systemd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.DBusExecutionException;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;

/**
 * A bus of its own, and on it a manager that does with cgroups what systemd does: a scope is a
 * directory with the processes it was started with. What it was told is kept for the test.
 * Thread-safe.
 */
final class FakeSystemd implements SystemdManager, AutoCloseable {
  private static final String OBJECT = "/org/freedesktop/systemd1";

  private final Process daemon;
  private final String address;
  private final DBusConnection connection;
  private final Path hierarchy;
  private final Map<String, Path> units = new HashMap<>();
  private final Set<String> failed = new HashSet<>();
  private final Map<String, Map<String, Variant<?>>> told =
      Collections.synchronizedMap(new HashMap<>());
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private int jobs;

  /**
   * @param hierarchy where the cgroups of units are made
   */
  FakeSystemd(Path scratch, Path hierarchy) throws Exception {
    this.hierarchy = hierarchy;
    this.address = "unix:path=" + scratch.resolve("bus");
    Path config =
        Files.writeString(
            scratch.resolve("bus.conf"),
            """
            <busconfig>
              <type>session</type>
              <listen>%s</listen>
              <policy context="default">
                <allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/>
                <allow own="*"/>
              </policy>
            </busconfig>
            """
                .formatted(address));
    this.daemon =
        new ProcessBuilder("dbus-daemon", "--config-file=" + config, "--nofork", "--print-address")
            .start();
    if (daemon.inputReader(StandardCharsets.UTF_8).readLine() == null) {
      throw new IOException(
          "dbus-daemon: "
              + new String(daemon.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    this.connection = DBusConnectionBuilder.forAddress(address).withShared(false).build();
    connection.requestBusName("org.freedesktop.systemd1");
    connection.exportObject(OBJECT, this);
  }

  String address() {
    return address;
  }

  /** Properties that a unit was started with or that were set later, by name. */
  Map<String, Variant<?>> told(String unit) {
    return told.getOrDefault(unit, Map.of());
  }

  /** The processes that a unit was started with; dbus-java reads an array as either. */
  List<?> pids(String unit) {
    Object value = told(unit).get("PIDs").getValue();
    return value instanceof Object[] array ? List.of(array) : (List<?>) value;
  }

  /** Calls in order: "start x.scope", "set x.scope", "stop x.scope", "attach x.scope" ... */
  List<String> calls() {
    return calls;
  }

  @Override
  public synchronized DBusPath startTransientUnit(
      String name, String mode, List<Setting> properties, List<Auxiliary> auxiliary) {
    calls.add("start " + name);
    if (units.containsKey(name) || failed.contains(name)) {
      throw new DBusExecutionException("Unit " + name + " was already loaded.");
    }
    keep(name, properties);
    String slice = String.valueOf(told(name).get("Slice").getValue());
    try {
      Path cgroup = Files.createDirectories(hierarchy.resolve(slice).resolve(name));
      for (Object pid : pids(name)) {
        Files.writeString(cgroup.resolve("cgroup.procs"), pid.toString());
      }
      units.put(name, cgroup);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return job(name);
  }

  private void keep(String name, List<Setting> properties) {
    var values = new HashMap<>(told(name));
    properties.forEach(p -> values.put(p.name(), p.value()));
    told.put(name, values);
  }

  /** A unit that failed before, and that nobody has reset. */
  synchronized void fail(String name) {
    failed.add(name);
  }

  @Override
  public synchronized DBusPath stopUnit(String name, String mode) {
    calls.add("stop " + name);
    Path cgroup = units.remove(name);
    if (cgroup == null) {
      throw new DBusExecutionException("Unit " + name + " not loaded.");
    }
    return job(name);
  }

  @Override
  public synchronized void attachProcessesToUnit(String name, String subcgroup, List<UInt32> pids) {
    calls.add("attach " + name);
    Path cgroup = units.get(name);
    if (cgroup == null) {
      throw new DBusExecutionException("Unit " + name + " not loaded.");
    }
    try {
      for (UInt32 pid : pids) {
        Files.writeString(cgroup.resolve("cgroup.procs"), pid.toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void resetFailedUnit(String name) {
    calls.add("reset " + name);
    if (!failed.remove(name)) {
      throw new DBusExecutionException("Unit " + name + " not loaded.");
    }
  }

  @Override
  public synchronized List<Status> listUnitsByNames(List<String> names) {
    return names.stream().map(this::status).toList();
  }

  private Status status(String name) {
    String state =
        units.containsKey(name) ? "active" : failed.contains(name) ? "failed" : "inactive";
    String load = state.equals("inactive") ? "not-found" : "loaded";
    var path = new DBusPath(OBJECT + "/unit/x");
    return new Status(name, name, load, state, "x", "", path, new UInt32(0), "", new DBusPath("/"));
  }

  @Override
  public void setUnitProperties(String name, boolean runtime, List<Setting> properties) {
    calls.add("set " + name);
    keep(name, properties);
  }

  @Override
  public void subscribe() {
    // signals go to everybody here
  }

  /** The signal goes out before the answer, as it may with the real one. */
  private DBusPath job(String unit) {
    var job = new DBusPath(OBJECT + "/job/" + ++jobs);
    try {
      connection.sendMessage(new JobRemoved(OBJECT, new UInt32(jobs), job, unit, "done"));
    } catch (DBusException e) {
      throw new DBusExecutionException(String.valueOf(e.getMessage()));
    }
    return job;
  }

  @Override
  public String getObjectPath() {
    return OBJECT;
  }

  @Override
  public void close() throws IOException {
    connection.disconnect();
    daemon.destroy();
    try {
      var _ = daemon.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      var _ = daemon.destroyForcibly();
      throw new IOException("dbus-daemon does not end", e);
    }
  }
}
