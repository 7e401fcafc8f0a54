package org.jcontainerd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jcontainerd.api.cri.v1.VersionRequest;

/** What a reader of the figures must know about the run. */
final class Machine {
  private Machine() {}

  /** Lines of what was run, when, and on what. */
  static List<String> describe(String command, List<Target> targets) throws IOException {
    var lines = new java.util.ArrayList<String>();
    lines.add("command: " + command);
    lines.add("time: " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
    lines.add(
        "kernel: " + read("/proc/sys/kernel/ostype") + " " + read("/proc/sys/kernel/osrelease"));
    lines.add(
        "machine: "
            + Runtime.getRuntime().availableProcessors()
            + " CPUs ("
            + field("/proc/cpuinfo", "model name")
            + "), memory "
            + field("/proc/meminfo", "MemTotal"));
    lines.add("java: " + Runtime.version());
    for (Target target : targets) {
      var version = target.cri().runtime().version(VersionRequest.getDefaultInstance());
      lines.add(version.getRuntimeName() + ": " + version.getRuntimeVersion());
    }
    lines.add("load before: " + read("/proc/loadavg"));
    return lines;
  }

  private static String read(String file) throws IOException {
    return Files.readString(Path.of(file)).strip();
  }

  private static String field(String file, String key) throws IOException {
    try (var lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(key))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("unknown");
    }
  }
}
