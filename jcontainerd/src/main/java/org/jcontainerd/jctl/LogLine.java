package org.jcontainerd.jctl;

import java.util.Optional;

/**
 * One line of a CRI log file: {@code <RFC3339Nano> <stdout|stderr> <tags> <content>}, tags
 * separated by colons, the first {@code F} (whole line) or {@code P} (the line goes on).
 */
record LogLine(String time, boolean error, boolean partial, String content) {

  /** Reads a line without its newline; empty if it is not one of a CRI log. */
  static Optional<LogLine> parse(String line) {
    String[] parts = line.split(" ", 4);
    if (parts.length < 3 || !(parts[1].equals("stdout") || parts[1].equals("stderr"))) {
      return Optional.empty();
    }
    boolean partial = parts[2].split(":", 2)[0].equals("P");
    return Optional.of(
        new LogLine(
            parts[0], parts[1].equals("stderr"), partial, parts.length == 4 ? parts[3] : ""));
  }
}
