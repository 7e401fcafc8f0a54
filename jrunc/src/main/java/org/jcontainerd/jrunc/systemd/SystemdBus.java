package org.jcontainerd.jrunc.systemd;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.DBusExecutionException;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.types.UInt16;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.UInt64;
import org.freedesktop.dbus.types.Variant;

/**
 * A connection to a systemd manager over D-Bus. The only class, with the interface that it speaks,
 * that touches dbus-java. Thread-safe.
 */
final class SystemdBus implements AutoCloseable {
  private static final String SERVICE = "org.freedesktop.systemd1";
  private static final String OBJECT = "/org/freedesktop/systemd1";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final DBusConnection connection;
  private final SystemdManager manager;
  private final AutoCloseable handler;
  private final Map<String, Job> jobs = new ConcurrentHashMap<>();

  private static final class Job {
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile String result = "";
  }

  private SystemdBus(DBusConnection connection) throws DBusException {
    this.connection = connection;
    this.manager = connection.getRemoteObject(SERVICE, OBJECT, SystemdManager.class);
    this.handler = connection.addSigHandler(SystemdManager.JobRemoved.class, this::ended);
    manager.subscribe();
  }

  /**
   * @param address of the bus, {@code unix:path=/run/dbus/system_bus_socket}
   * @throws IOException if nobody answers there, with what to do
   */
  static SystemdBus open(String address) throws IOException {
    // dbus-java logs by slf4j, which would complain on our standard error that nobody listens.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    try {
      DBusConnection connection =
          DBusConnectionBuilder.forAddress(address).withShared(false).build();
      try {
        return new SystemdBus(connection);
      } catch (DBusException | RuntimeException e) {
        connection.disconnect();
        throw e;
      }
    } catch (DBusException | RuntimeException e) {
      throw new IOException(
          "connect to systemd at '"
              + address
              + "': "
              + e.getMessage()
              + "; without systemd use the cgroupfs driver",
          e);
    }
  }

  private void ended(SystemdManager.JobRemoved signal) {
    Job job = jobs.computeIfAbsent(signal.job().getPath(), _ -> new Job());
    job.result = signal.result();
    job.ended.countDown();
  }

  /** Starts a transient unit, and returns when it runs. A failed one of that name makes way. */
  void start(String unit, List<Property> properties) throws IOException {
    String what = "start unit '" + unit + "'";
    List<SystemdManager.Setting> settings = settings(properties);
    try {
      if (isFailed(unit)) {
        manager.resetFailedUnit(unit);
      }
      await(what, manager.startTransientUnit(unit, "replace", settings, List.of()));
    } catch (DBusExecutionException e) {
      throw new IOException(what + ": " + e.getMessage(), e);
    }
  }

  /**
   * Moves a process into the cgroup of a unit that runs.
   *
   * @param below "", or the way to a cgroup below the unit's: {@code /sub}
   */
  void attach(String unit, String below, int pid) throws IOException {
    try {
      manager.attachProcessesToUnit(unit, below, List.of(new UInt32(pid)));
    } catch (DBusExecutionException e) {
      throw new IOException(
          "move process %d into unit '%s%s': %s".formatted(pid, unit, below, e.getMessage()), e);
    }
  }

  /** Changes properties of a unit that runs. */
  void set(String unit, List<Property> properties) throws IOException {
    try {
      manager.setUnitProperties(unit, true, settings(properties));
    } catch (DBusExecutionException e) {
      throw new IOException("set properties of unit '" + unit + "': " + e.getMessage(), e);
    }
  }

  /** Stops a unit and forgets it; one that is not there, or goes meanwhile, is fine. */
  void stop(String unit) throws IOException {
    String what = "stop unit '" + unit + "'";
    try {
      if (isActive(unit)) {
        stopActive(what, unit);
      }
      if (isFailed(unit)) {
        manager.resetFailedUnit(unit);
      }
    } catch (DBusExecutionException e) {
      throw new IOException(what + ": " + e.getMessage(), e);
    }
  }

  /** dbus-java does not tell errors apart: whether the unit had gone is asked. */
  private void stopActive(String what, String unit) throws IOException {
    try {
      await(what, manager.stopUnit(unit, "replace"));
    } catch (DBusExecutionException e) {
      if (isActive(unit)) {
        throw e;
      }
    }
  }

  private boolean isFailed(String unit) {
    return state(unit).equals("failed");
  }

  private boolean isActive(String unit) {
    return !isFailed(unit) && !state(unit).equals("inactive");
  }

  private String state(String unit) {
    List<SystemdManager.Status> found = manager.listUnitsByNames(List.of(unit));
    return found.isEmpty() ? "inactive" : found.get(0).activeState();
  }

  /** The cgroup that the manager itself has, {@code /user.slice/user-1000.slice/...}. */
  String controlGroup() throws IOException {
    try {
      Properties properties = connection.getRemoteObject(SERVICE, OBJECT, Properties.class);
      String group = properties.Get(SERVICE + ".Manager", "ControlGroup");
      return group.equals("/") ? "" : group;
    } catch (DBusException | DBusExecutionException e) {
      throw new IOException("ask systemd for its cgroup: " + e.getMessage(), e);
    }
  }

  /** The signal may come before the answer that names the job. */
  private void await(String what, DBusPath path) throws IOException {
    Job job = jobs.computeIfAbsent(path.getPath(), _ -> new Job());
    try {
      if (!job.ended.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(what + ": not within " + LIMIT.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(what + ": interrupted", e);
    } finally {
      jobs.remove(path.getPath());
    }
    if (!job.result.equals("done")) {
      throw new IOException(what + ": systemd says '" + job.result + "'");
    }
  }

  private static List<SystemdManager.Setting> settings(List<Property> properties) {
    var settings = new ArrayList<SystemdManager.Setting>();
    for (Property property : properties) {
      Object value = value(property.signature(), property.value());
      settings.add(
          new SystemdManager.Setting(property.name(), new Variant<>(value, property.signature())));
    }
    return settings;
  }

  /** As dbus-java has it; arrays as lists, structs of two strings as a class. */
  private static Object value(String signature, Object value) {
    if (signature.equals("(ss)")) {
      List<?> pair = (List<?>) value;
      return new SystemdManager.Pair((String) pair.get(0), (String) pair.get(1));
    }
    if (signature.startsWith("a")) {
      String element = signature.substring(1);
      return ((List<?>) value).stream().map(each -> value(element, each)).toList();
    }
    return switch (signature) {
      case "y" -> ((Long) value).byteValue();
      case "n" -> ((Long) value).shortValue();
      case "q" -> new UInt16(((Long) value).intValue());
      case "i" -> ((Long) value).intValue();
      case "u" -> new UInt32((Long) value);
      case "t" -> new UInt64(new BigInteger(Long.toUnsignedString((Long) value)));
      default -> value; // b, d, s, x
    };
  }

  @Override
  public void close() throws IOException {
    try {
      handler.close();
    } catch (Exception e) {
      throw new IOException("leave systemd's bus: " + e.getMessage(), e);
    } finally {
      connection.disconnect();
    }
  }
}
