package org.jcontainerd.jrunc.cgroup;

import java.util.ArrayList;
import java.util.List;

/**
 * The v1 device controller as the kernel has it (security/device_cgroup.c): a list of exceptions
 * that is written line by line and asked by linear search. Written from the kernel's behaviour, not
 * from our compiler, to hold that against it.
 */
final class LegacyDevices {
  private record Entry(String type, String major, String minor, String access) {
    boolean sameNumbers(Entry other) {
      return type.equals(other.type) && major.equals(other.major) && minor.equals(other.minor);
    }
  }

  private boolean allowed = true;
  private final List<Entry> exceptions = new ArrayList<>();

  /** A write to devices.allow or devices.deny. */
  void write(boolean allow, String line) {
    if (line.startsWith("a")) {
      allowed = allow;
      exceptions.clear();
      return;
    }
    String[] fields = line.split("[ :]");
    var written = new Entry(fields[0], fields[1], fields[2], fields[3]);
    for (int i = 0; i < exceptions.size(); i++) {
      Entry old = exceptions.get(i);
      if (old.sameNumbers(written)) {
        String access =
            allow == allowed
                ? old.access.replaceAll("[" + written.access + "]", "")
                : old.access + written.access;
        exceptions.set(i, new Entry(old.type, old.major, old.minor, access));
        return;
      }
    }
    if (allow != allowed) {
      exceptions.add(written);
    }
  }

  /** The content of devices.list. */
  String list() {
    var list = new StringBuilder(allowed ? "a *:* rwm\n" : "");
    for (Entry e : allowed ? List.<Entry>of() : exceptions) {
      if (!e.access.isEmpty()) {
        list.append("%s %s:%s %s\n".formatted(e.type, e.major, e.minor, e.access));
      }
    }
    return list.toString();
  }

  /** Whether an access by letters is allowed. */
  boolean allows(String type, String access, int major, int minor) {
    for (Entry e : exceptions) {
      boolean numbers =
          e.type.equals(type)
              && (e.major.equals("*") || e.major.equals(Integer.toUnsignedString(major)))
              && (e.minor.equals("*") || e.minor.equals(Integer.toUnsignedString(minor)));
      boolean letters =
          allowed
              ? access.chars().anyMatch(c -> e.access.indexOf(c) >= 0)
              : access.chars().allMatch(c -> e.access.indexOf(c) >= 0);
      if (numbers && letters) {
        return !allowed;
      }
    }
    return allowed;
  }
}
