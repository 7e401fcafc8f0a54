package org.jcontainerd.jrunc.keeper;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Proportional memory of the helpers among our descendants. */
final class KeeperMemory {
  private KeeperMemory() {}

  static String measure() throws IOException {
    List<Integer> sizes = new ArrayList<>();
    for (ProcessHandle child : ProcessHandle.current().children().toList()) {
      Path place = Path.of("/proc", Long.toString(child.pid()));
      if (Files.readString(place.resolve("comm")).startsWith("jrunc-init")) {
        for (String line : memory(place)) {
          if (line.startsWith("Pss:")) {
            sizes.add(Integer.parseInt(line.replaceAll("[^0-9]", "")));
          }
        }
      }
    }
    int sum = sizes.stream().mapToInt(Integer::intValue).sum();
    return sizes.size() + " keepers, PSS " + sum / Math.max(1, sizes.size()) + " kB each";
  }

  /** Of a helper that has ended and is not reaped yet: nothing. */
  private static List<String> memory(Path process) throws IOException {
    try {
      return Files.readAllLines(process.resolve("smaps_rollup"));
    } catch (FileSystemException e) {
      if ("No such process".equals(e.getReason())) {
        return List.of();
      }
      throw e;
    }
  }
}
