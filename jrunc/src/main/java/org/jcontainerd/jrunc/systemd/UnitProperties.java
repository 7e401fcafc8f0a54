package org.jcontainerd.jrunc.systemd;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.cgroup.DeviceAllowance;
import org.jcontainerd.jrunc.cgroup.LimitValues;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Resources;

/**
 * Limits as properties of a unit (systemd.resource-control(5)). The files are written as well,
 * after these: systemd is told what it would otherwise overwrite when it reloads. Pure.
 */
final class UnitProperties {
  private static final long INFINITY = -1;
  private static final long SECOND_MICROS = 1_000_000;
  private static final long DEFAULT_PERIOD_MICROS = 100_000;

  /** The kernel knows fewer processors and nodes (CONFIG_NR_CPUS, MAX_NUMNODES). */
  private static final int MOST_BITS = 1 << 16;

  /** Systemd keeps CPU time in whole percent. */
  private static final long PERCENT_MICROS = 10_000;

  private static final Map<String, String> WORDS =
      Map.of(
          "memory.min", "MemoryMin",
          "memory.low", "MemoryLow",
          "memory.high", "MemoryHigh",
          "memory.max", "MemoryMax",
          "memory.swap.max", "MemorySwapMax",
          "pids.max", "TasksMax",
          "cpu.weight", "CPUWeight");

  private final boolean unified;
  private final List<Property> properties = new ArrayList<>();

  private UnitProperties(boolean unified) {
    this.unified = unified;
  }

  /**
   * @param unified whether the host has cgroup v2 alone; systemd knows other words for v1
   */
  static List<Property> limits(Resources resources, boolean unified) throws RuncFailure {
    var limits = new UnitProperties(unified);
    if (resources.memory().isPresent()) {
      limits.memory(resources.memory().get());
    }
    if (resources.cpu().isPresent()) {
      limits.cpu(resources.cpu().get());
    }
    resources
        .pids()
        .flatMap(pids -> pids.limit())
        .ifPresent(limit -> limits.add("TasksMax", limit < 0 ? INFINITY : Math.max(1, limit)));
    if (unified) {
      limits.files(resources.unified());
    } else {
      resources
          .blockIo()
          .flatMap(io -> io.weight())
          .filter(weight -> weight != 0)
          .ifPresent(weight -> limits.add("BlockIOWeight", weight));
    }
    return limits.properties;
  }

  /** Files that systemd has a word for; it leaves the others as they are. */
  private void files(Map<String, String> files) throws RuncFailure.InvalidArgument {
    for (var entry : files.entrySet()) {
      String name = WORDS.get(entry.getKey());
      if (name != null) {
        add(name, number(entry.getKey(), entry.getValue().strip()));
      }
    }
  }

  private static long number(String file, String value) throws RuncFailure.InvalidArgument {
    try {
      return value.equals("max") ? INFINITY : Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new RuncFailure.InvalidArgument(
          "linux.resources.unified['" + file + "']", "'" + value + "' is not a number", e);
    }
  }

  private void add(String name, long value) {
    properties.add(Property.of(name, value));
  }

  private void memory(Memory memory) throws RuncFailure {
    long limit = memory.limit().orElse(0L);
    if (limit != 0) {
      add(unified ? "MemoryMax" : "MemoryLimit", limit);
    }
    if (unified) {
      memory.reservation().filter(n -> n != 0).ifPresent(n -> add("MemoryLow", n));
      OptionalLong swap = LimitValues.swapAlone(memory);
      if (swap.isPresent()) {
        add("MemorySwapMax", swap.getAsLong());
      }
    }
  }

  private void cpu(Cpu cpu) throws RuncFailure.InvalidArgument {
    long shares = cpu.shares().orElse(0L);
    boolean idle = cpu.idle().orElse(0L) == 1;
    if (unified && idle) {
      add("CPUWeight", 0); // is how systemd says SCHED_IDLE, since 252
    } else if (shares != 0) {
      add(unified ? "CPUWeight" : "CPUShares", unified ? LimitValues.cpuWeight(shares) : shares);
    }
    long quota = cpu.quota().orElse(0L);
    long period = cpu.period().orElse(0L);
    if (period != 0) {
      add("CPUQuotaPeriodUSec", period);
    }
    if (quota != 0 || period != 0) {
      add("CPUQuotaPerSecUSec", perSecond(quota, period == 0 ? DEFAULT_PERIOD_MICROS : period));
    }
    if (!cpu.cpus().isEmpty()) {
      properties.add(Property.bytes("AllowedCPUs", bits("linux.resources.cpu.cpus", cpu.cpus())));
    }
    if (!cpu.mems().isEmpty()) {
      properties.add(
          Property.bytes("AllowedMemoryNodes", bits("linux.resources.cpu.mems", cpu.mems())));
    }
  }

  private static long perSecond(long quota, long period) throws RuncFailure.InvalidArgument {
    if (quota <= 0) {
      return INFINITY;
    }
    if (quota > Long.MAX_VALUE / SECOND_MICROS || period < 0) {
      throw new RuncFailure.InvalidArgument(
          "linux.resources.cpu.quota",
          quota + " of a period of " + Long.toUnsignedString(period) + " is too much");
    }
    long micros = quota * SECOND_MICROS / period;
    return (micros + PERCENT_MICROS - 1) / PERCENT_MICROS * PERCENT_MICROS;
  }

  /** {@code 0-3,7} as a little-endian bit mask. */
  static byte[] bits(String field, String list) throws RuncFailure.InvalidArgument {
    var bits = new BitSet();
    try {
      for (String range : list.split(",", -1)) {
        String[] ends = range.strip().split("-", 2);
        if (!ends[0].isEmpty()) {
          int first = Integer.parseInt(ends[0]);
          int last = Integer.parseInt(ends[ends.length - 1]);
          if (last >= MOST_BITS) { // before it becomes that much memory
            throw new NumberFormatException(range);
          }
          bits.set(first, last + 1);
        }
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new RuncFailure.InvalidArgument(field, "'" + list + "' is not a list of numbers", e);
    }
    if (bits.isEmpty()) {
      throw new RuncFailure.InvalidArgument(field, "'" + list + "' names none");
    }
    return bits.toByteArray();
  }

  /** Devices; what systemd has no words for stands in our own program or lines alone. */
  static List<Property> devices(DeviceAllowance allowance) {
    var properties = new ArrayList<Property>();
    properties.add(new Property("DeviceAllow", "a(ss)", List.of())); // takes back earlier ones
    if (allowance.allowed()) {
      properties.add(Property.of("DevicePolicy", "auto"));
      return properties;
    }
    properties.add(Property.of("DevicePolicy", "strict"));
    var allowed = new ArrayList<List<String>>();
    allowance
        .exceptions()
        .forEach((devices, access) -> {
          String type = devices.type() == 'b' ? "block" : "char";
          String letters = DeviceAllowance.letters(access);
          if (devices.minor() != DeviceAllowance.ANY && devices.major() != DeviceAllowance.ANY) {
            String node = devices.major() + ":" + devices.minor();
            allowed.add(List.of("/dev/" + type + "/" + node, letters));
          } else if (devices.minor() == DeviceAllowance.ANY) {
            String major =
                devices.major() == DeviceAllowance.ANY ? "*" : Long.toString(devices.major());
            allowed.add(List.of(type + "-" + major, letters));
          }
        });
    properties.add(new Property("DeviceAllow", "a(ss)", List.copyOf(allowed)));
    return properties;
  }
}
