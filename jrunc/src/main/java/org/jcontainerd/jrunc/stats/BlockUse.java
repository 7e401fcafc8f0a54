package org.jcontainerd.jrunc.stats;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;

/**
 * Block I/O. Both versions are told in the form of version 1: an entry per device and direction.
 */
final class BlockUse {
  /** Fields of the document and the end of the file's name that has their numbers. */
  private static final Map<String, String> FIELDS = new LinkedHashMap<>();

  static {
    FIELDS.put("ioServiceBytesRecursive", "io_service_bytes_recursive");
    FIELDS.put("ioServicedRecursive", "io_serviced_recursive");
    FIELDS.put("ioQueueRecursive", "io_queued_recursive");
    FIELDS.put("ioServiceTimeRecursive", "io_service_time_recursive");
    FIELDS.put("ioWaitTimeRecursive", "io_wait_time_recursive");
    FIELDS.put("ioMergedRecursive", "io_merged_recursive");
    FIELDS.put("ioTimeRecursive", "time_recursive");
    FIELDS.put("sectorsRecursive", "sectors_recursive");
  }

  /** Schedulers in the order of how much they know; the throttle layer is always there. */
  private static final List<String> PREFIXES = List.of("blkio.bfq.", "blkio.", "blkio.throttle.");

  private BlockUse() {}

  static Map<String, Object> read(CgroupDirectories cgroup) throws LinuxException {
    Optional<Path> legacy = cgroup.legacy("blkio");
    if (legacy.isPresent()) {
      return legacy(legacy.get());
    }
    Optional<Path> unified = cgroup.unified("io");
    return unified.isPresent() ? unified(unified.get()) : Map.of();
  }

  private static Map<String, Object> legacy(Path directory) throws LinuxException {
    var all = new LinkedHashMap<String, Object>();
    for (var field : FIELDS.entrySet()) {
      for (String prefix : PREFIXES) {
        Optional<String> text =
            KernelFile.readIfPresent(directory.resolve(prefix + field.getValue()));
        List<Object> entries = lines(text.orElse(""));
        if (!entries.isEmpty()) {
          all.put(field.getKey(), entries);
          break;
        }
      }
    }
    return all;
  }

  /** {@code 8:0 Read 4096}, or without the direction; a last line {@code Total} is left out. */
  static List<Object> lines(String text) {
    var entries = new ArrayList<Object>();
    for (String line : text.lines().toList()) {
      String[] words = line.split("[ :]");
      if (words.length == 4) {
        entries.add(entry(words[0], words[1], words[2], words[3]));
      } else if (words.length == 3) {
        entries.add(entry(words[0], words[1], "", words[2]));
      }
    }
    return entries;
  }

  private static Map<String, Object> unified(Path directory) throws LinuxException {
    var bytes = new ArrayList<Object>();
    var requests = new ArrayList<Object>();
    String stat = KernelFile.readIfPresent(directory.resolve("io.stat")).orElse("");
    for (String line : stat.lines().toList()) {
      String[] words = line.strip().split("[ :]");
      for (int i = 2; i < words.length; i++) {
        String value = words[i].substring(words[i].indexOf('=') + 1);
        switch (words[i].substring(0, Math.max(0, words[i].indexOf('=')))) {
          case "rbytes" -> bytes.add(entry(words[0], words[1], "Read", value));
          case "wbytes" -> bytes.add(entry(words[0], words[1], "Write", value));
          case "rios" -> requests.add(entry(words[0], words[1], "Read", value));
          case "wios" -> requests.add(entry(words[0], words[1], "Write", value));
          default -> {} // discards, and what only some schedulers count
        }
      }
    }
    var all = new LinkedHashMap<String, Object>();
    if (!bytes.isEmpty()) {
      all.put("ioServiceBytesRecursive", bytes);
      all.put("ioServicedRecursive", requests);
    }
    PressureText.read(directory.resolve("io.pressure")).ifPresent(p -> all.put("psi", p));
    return all;
  }

  private static Map<String, Object> entry(
      String major, String minor, String operation, String value) {
    var entry = new LinkedHashMap<String, Object>();
    StatFile.unlessZero(entry, "major", Long.parseLong(major));
    StatFile.unlessZero(entry, "minor", Long.parseLong(minor));
    if (!operation.isEmpty()) {
      entry.put("op", operation);
    }
    StatFile.unlessZero(entry, "value", Long.parseUnsignedLong(value));
    return entry;
  }
}
