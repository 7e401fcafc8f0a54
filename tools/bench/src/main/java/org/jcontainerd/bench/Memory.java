package org.jcontainerd.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The machine's memory at one moment, in bytes.
 *
 * @param available MemAvailable of /proc/meminfo: the kernel's part counts too, other work as well
 * @param pss proportional set size of every process but this one
 */
record Memory(long available, long pss) {

  static Memory now() throws IOException {
    long available = kilobytes(Files.readString(Path.of("/proc/meminfo")), "MemAvailable:");
    var others =
        ProcessHandle.allProcesses()
            .filter(process -> process.pid() != ProcessHandle.current().pid())
            .toList();
    return new Memory(available * 1024, pssOf(others));
  }

  /** Proportional set size of these processes, in bytes. */
  static long pssOf(List<ProcessHandle> processes) throws IOException {
    long kilobytes = 0;
    for (ProcessHandle process : processes) {
      Path rollup = Path.of("/proc/" + process.pid() + "/smaps_rollup");
      try {
        kilobytes += kilobytes(Files.readString(rollup, StandardCharsets.ISO_8859_1), "Pss:");
      } catch (IOException e) {
        // It ended meanwhile, is a kernel thread, or what runs this machine hides itself even from
        // root. Anything else would make the figure wrong.
        if (!(e instanceof NoSuchFileException)
            && !(e instanceof AccessDeniedException)
            && !String.valueOf(e.getMessage()).contains("No such process")) {
          throw e;
        }
      }
    }
    return kilobytes * 1024;
  }

  private static long kilobytes(String text, String key) {
    for (String line : text.split("\n")) {
      if (line.startsWith(key)) {
        return Long.parseLong(line.substring(key.length()).replace("kB", "").strip());
      }
    }
    return 0; // a process without memory of its own has no such line
  }
}
