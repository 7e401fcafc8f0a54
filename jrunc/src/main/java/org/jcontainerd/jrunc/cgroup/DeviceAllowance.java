package org.jcontainerd.jrunc.cgroup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.DeviceRule;

/**
 * What a list of device rules comes to, in the words of the v1 device controller (kernel,
 * cgroup-v1/devices.rst): a default and exceptions from it. Both writers start here, so that the
 * same list means the same on v1 and on v2. Immutable.
 *
 * <p>A rule for all devices and all access sets the default and drops the exceptions; every other
 * one adds to the exceptions or takes away from them.
 *
 * @param allowed the default
 * @param exceptions access of which the opposite of the default is true
 */
public record DeviceAllowance(boolean allowed, SortedMap<Devices, Integer> exceptions) {
  static final int MKNOD = 1;
  static final int READ = 2;
  static final int WRITE = 4;
  static final int ALL_ACCESS = MKNOD | READ | WRITE;

  /** A number that stands for all. */
  public static final long ANY = -1;

  /** What a container may use if nothing is said: nothing, as with runc. */
  static final DeviceAllowance NOTHING = new DeviceAllowance(false, new TreeMap<>());

  /** What a new cgroup of v1 has if those above it are not limited. */
  static final DeviceAllowance EVERYTHING = new DeviceAllowance(true, new TreeMap<>());

  public DeviceAllowance {
    exceptions = Collections.unmodifiableSortedMap(new TreeMap<>(exceptions));
  }

  /**
   * Devices of one type, with numbers or {@link #ANY}.
   *
   * @param type {@code c} or {@code b}
   */
  public record Devices(char type, long major, long minor) implements Comparable<Devices> {
    @Override
    public int compareTo(Devices other) {
      int byType = Character.compare(type, other.type);
      int byMajor = byType != 0 ? byType : Long.compare(major, other.major);
      return byMajor != 0 ? byMajor : Long.compare(minor, other.minor);
    }

    /** Whether every device of {@code other} is one of these. */
    boolean covers(Devices other) {
      return type == other.type
          && (major == ANY || major == other.major)
          && (minor == ANY || minor == other.minor);
    }

    @Override
    public String toString() {
      return type + " " + number(major) + ":" + number(minor);
    }

    private static String number(long n) {
      return n == ANY ? "*" : Long.toString(n);
    }
  }

  /** The result of rules one after the other, on a cgroup that allows nothing. */
  static DeviceAllowance of(List<DeviceRule> rules) throws RuncFailure.InvalidArgument {
    DeviceAllowance allowance = NOTHING;
    for (DeviceRule rule : rules) {
      allowance = allowance.with(rule);
    }
    return allowance;
  }

  /** As a {@code devices.list} tells; its {@code a} does not say which exceptions it has. */
  static DeviceAllowance read(String list) {
    var exceptions = new TreeMap<Devices, Integer>();
    for (String line : list.lines().toList()) {
      String[] fields = line.split("[ :]", -1); // c 1:3 rwm
      if (fields[0].equals("a")) {
        return EVERYTHING;
      }
      var devices = new Devices(fields[0].charAt(0), number(fields[1]), number(fields[2]));
      exceptions.merge(devices, access(fields[3]), (a, b) -> a | b);
    }
    return new DeviceAllowance(false, exceptions);
  }

  private static long number(String text) {
    return text.equals("*") ? ANY : Long.parseLong(text);
  }

  private DeviceAllowance with(DeviceRule rule) throws RuncFailure.InvalidArgument {
    long major = rule.major().filter(n -> n >= 0).orElse(ANY);
    long minor = rule.minor().filter(n -> n >= 0).orElse(ANY);
    int access = access(rule.access());
    boolean bothTypes = rule.type().isEmpty() || rule.type().equals("a");
    if (bothTypes && major == ANY && minor == ANY && access == ALL_ACCESS) {
      return rule.allow() ? EVERYTHING : NOTHING;
    }
    var changed = new TreeMap<>(exceptions);
    for (char type : bothTypes ? new char[] {'b', 'c'} : new char[] {rule.type().charAt(0)}) {
      var devices = new Devices(type, major, minor);
      if (rule.allow() != allowed) {
        changed.merge(devices, access, (a, b) -> a | b);
      } else {
        takeAway(changed, devices, access);
      }
    }
    return new DeviceAllowance(allowed, changed);
  }

  /**
   * The kernel only removes an exception of the same numbers and would silently keep a wider one;
   * that must not look as if it had been denied.
   */
  private void takeAway(SortedMap<Devices, Integer> from, Devices devices, int access)
      throws RuncFailure.InvalidArgument {
    for (Map.Entry<Devices, Integer> entry : from.entrySet()) {
      Devices wider = entry.getKey();
      if (!wider.equals(devices) && wider.covers(devices) && (entry.getValue() & access) != 0) {
        throw new RuncFailure.InvalidArgument(
            "linux.resources.devices",
            "'%s %s' cannot be taken out of '%s %s', which an earlier rule %s"
                .formatted(
                    devices,
                    letters(access),
                    wider,
                    letters(entry.getValue()),
                    allowed ? "denies" : "allows"));
      }
    }
    from.computeIfPresent(
        devices, (_, old) -> (old & ~access) == 0 ? null : Integer.valueOf(old & ~access));
  }

  /**
   * Lines that turn {@code before} into this with as few refusals on the way as possible: devices
   * that stay allowed are never denied in between.
   */
  List<Line> since(DeviceAllowance before) {
    var lines = new ArrayList<Line>();
    SortedMap<Devices, Integer> old = before.exceptions;
    // Nothing tells which exceptions an "allow all" has.
    if (before.allowed || before.allowed != allowed) {
      lines.add(new Line(allowed, "a"));
      old = Collections.emptySortedMap();
    }
    addDifference(lines, allowed, old, exceptions);
    addDifference(lines, !allowed, exceptions, old);
    return lines;
  }

  /** One line for every access that {@code more} has and {@code less} has not. */
  private static void addDifference(
      List<Line> lines,
      boolean allow,
      SortedMap<Devices, Integer> more,
      SortedMap<Devices, Integer> less) {
    more.forEach((devices, access) -> {
      int gone = access & ~less.getOrDefault(devices, 0);
      if (gone != 0) {
        lines.add(new Line(allow, devices + " " + letters(gone)));
      }
    });
  }

  /**
   * A line for a file of the v1 controller.
   *
   * @param allow whether for devices.allow or devices.deny
   */
  record Line(boolean allow, String text) {
    String file() {
      return allow ? "devices.allow" : "devices.deny";
    }
  }

  private static int access(String letters) {
    return (letters.contains("m") ? MKNOD : 0)
        | (letters.contains("r") ? READ : 0)
        | (letters.contains("w") ? WRITE : 0);
  }

  public static String letters(int access) {
    return ((access & READ) != 0 ? "r" : "")
        + ((access & WRITE) != 0 ? "w" : "")
        + ((access & MKNOD) != 0 ? "m" : "");
  }
}
