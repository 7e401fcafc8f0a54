package org.jcontainerd.jrunc.systemd;

import java.util.List;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.Struct;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.annotations.DBusMemberName;
import org.freedesktop.dbus.annotations.Position;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;

/**
 * The calls of {@code org.freedesktop.systemd1.Manager} that we make; org.freedesktop.systemd1(5).
 */
@DBusInterfaceName("org.freedesktop.systemd1.Manager")
public interface SystemdManager extends DBusInterface {
  /** Starts a unit that has no file; answers the job. */
  @DBusMemberName("StartTransientUnit")
  DBusPath startTransientUnit(
      String name, String mode, List<Setting> properties, List<Auxiliary> auxiliary);

  /**
   * Moves processes into the cgroup of a unit. An ordinary user's manager has the system's do it
   * where it may not itself.
   *
   * @param subcgroup below the unit's own, which is ""
   */
  @DBusMemberName("AttachProcessesToUnit")
  void attachProcessesToUnit(String name, String subcgroup, List<UInt32> pids);

  /** Stops a unit; answers the job. */
  @DBusMemberName("StopUnit")
  DBusPath stopUnit(String name, String mode);

  /** Forgets that a unit failed, and with it the unit. */
  @DBusMemberName("ResetFailedUnit")
  void resetFailedUnit(String name);

  /** Changes properties, with {@code runtime} until the next boot. */
  @DBusMemberName("SetUnitProperties")
  void setUnitProperties(String name, boolean runtime, List<Setting> properties);

  /** What units are like now; one that does not exist is inactive. */
  @DBusMemberName("ListUnitsByNames")
  List<Status> listUnitsByNames(List<String> names);

  /** Without a subscriber there are no signals. */
  @DBusMemberName("Subscribe")
  void subscribe();

  /** {@code (sv)}. */
  final class Setting extends Struct {
    @Position(0)
    private final String name;

    @Position(1)
    private final Variant<?> value;

    public Setting(String name, Variant<?> value) {
      this.name = name;
      this.value = value;
    }

    public String name() {
      return name;
    }

    public Variant<?> value() {
      return value;
    }
  }

  /** {@code (sa(sv))}: a unit that is made along with another; we make none. */
  final class Auxiliary extends Struct {
    @Position(0)
    private final String name;

    @Position(1)
    private final List<Setting> properties;

    public Auxiliary(String name, List<Setting> properties) {
      this.name = name;
      this.properties = List.copyOf(properties);
    }

    public String name() {
      return name;
    }

    public List<Setting> properties() {
      return properties;
    }
  }

  /** {@code (ssssssouso)}: all but the state is for other callers. */
  @SuppressWarnings("UnusedVariable") // dbus-java reads and fills the fields by reflection
  final class Status extends Struct {
    @Position(0)
    private final String name;

    @Position(1)
    private final String description;

    @Position(2)
    private final String loadState;

    @Position(3)
    private final String activeState;

    @Position(4)
    private final String subState;

    @Position(5)
    private final String follows;

    @Position(6)
    private final DBusPath unit;

    @Position(7)
    private final UInt32 jobId;

    @Position(8)
    private final String jobType;

    @Position(9)
    private final DBusPath job;

    public Status(
        String name,
        String description,
        String loadState,
        String activeState,
        String subState,
        String follows,
        DBusPath unit,
        UInt32 jobId,
        String jobType,
        DBusPath job) {
      this.name = name;
      this.description = description;
      this.loadState = loadState;
      this.activeState = activeState;
      this.subState = subState;
      this.follows = follows;
      this.unit = unit;
      this.jobId = jobId;
      this.jobType = jobType;
      this.job = job;
    }

    /** {@code active}, {@code failed}, {@code inactive} ... */
    public String activeState() {
      return activeState;
    }
  }

  /** {@code (ss)}. */
  final class Pair extends Struct {
    @Position(0)
    private final String first;

    @Position(1)
    private final String second;

    public Pair(String first, String second) {
      this.first = first;
      this.second = second;
    }

    public String first() {
      return first;
    }

    public String second() {
      return second;
    }
  }

  /** A job has ended: "done", or how it failed. */
  final class JobRemoved extends DBusSignal {
    private final DBusPath job;
    private final String result;

    public JobRemoved(String path, UInt32 id, DBusPath job, String unit, String result)
        throws DBusException {
      super(path, id, job, unit, result);
      this.job = job;
      this.result = result;
    }

    public DBusPath job() {
      return job;
    }

    public String result() {
      return result;
    }
  }
}
