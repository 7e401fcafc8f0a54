package org.jcontainerd.linux.cgroup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.DeviceNumber;
import org.jcontainerd.linux.fs.KernelFile;

/** Reads {@code blkio.throttle.*} of version 1 and {@code io.stat} of the unified tree. */
final class IoFiles {
  private IoFiles() {}

  /**
   * The throttle layer sees every request whatever the scheduler. Its recursive files are there
   * since Linux 5.2.
   */
  static Optional<IoStats> legacy(Path directory) throws LinuxException {
    Optional<String> bytes = first(directory, "io_service_bytes");
    Optional<String> requests = first(directory, "io_serviced");
    if (bytes.isEmpty() || requests.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Map<String, Long>> sizes = legacyLines(bytes.get());
    Map<String, Map<String, Long>> counts = legacyLines(requests.get());
    var devices = new ArrayList<IoStats.Device>();
    sizes.forEach((device, size) -> {
      Map<String, Long> count = counts.getOrDefault(device, Map.of());
      devices.add(
          new IoStats.Device(
              device(device),
              size.getOrDefault("Read", 0L),
              size.getOrDefault("Write", 0L),
              count.getOrDefault("Read", 0L),
              count.getOrDefault("Write", 0L)));
    });
    return Optional.of(new IoStats(devices, Optional.empty()));
  }

  private static Optional<String> first(Path directory, String name) throws LinuxException {
    Optional<String> recursive =
        KernelFile.readIfPresent(directory.resolve("blkio.throttle." + name + "_recursive"));
    return recursive.isPresent()
        ? recursive
        : KernelFile.readIfPresent(directory.resolve("blkio.throttle." + name));
  }

  /** {@code 8:0 Read 4096}, ending with {@code Total 4096}. */
  static Map<String, Map<String, Long>> legacyLines(String text) {
    var byDevice = new LinkedHashMap<String, Map<String, Long>>();
    for (String line : text.lines().toList()) {
      String[] fields = line.split(" ");
      if (fields.length == 3) {
        byDevice
            .computeIfAbsent(fields[0], _ -> new LinkedHashMap<>())
            .put(fields[1], Long.parseLong(fields[2]));
      }
    }
    return byDevice;
  }

  static Optional<IoStats> unified(Path directory) throws LinuxException {
    Optional<String> stat = KernelFile.readIfPresent(directory.resolve("io.stat"));
    if (stat.isEmpty()) {
      return Optional.empty();
    }
    var devices = new ArrayList<IoStats.Device>();
    for (String line : stat.get().lines().toList()) {
      unifiedLine(line).ifPresent(devices::add);
    }
    return Optional.of(new IoStats(devices, Pressure.read(directory.resolve("io.pressure"))));
  }

  /** {@code 8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6}; may lack all but the device. */
  static Optional<IoStats.Device> unifiedLine(String line) {
    String[] fields = line.strip().split(" ");
    var values = new LinkedHashMap<String, Long>();
    for (String field : fields) {
      int equals = field.indexOf('=');
      if (equals > 0 && field.substring(equals + 1).matches("[0-9]+")) {
        values.put(field.substring(0, equals), Long.parseLong(field.substring(equals + 1)));
      }
    }
    if (values.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new IoStats.Device(
            device(fields[0]),
            values.getOrDefault("rbytes", 0L),
            values.getOrDefault("wbytes", 0L),
            values.getOrDefault("rios", 0L),
            values.getOrDefault("wios", 0L)));
  }

  private static DeviceNumber device(String text) {
    int colon = text.indexOf(':');
    return new DeviceNumber(
        Integer.parseInt(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
  }
}
