package org.jcontainerd.jrunc.seccomp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Numbers of system calls by name; made in the build from the kernel's headers. Immutable. */
final class SyscallTable {
  private final Map<String, int[]> numbers;

  private SyscallTable(Map<String, int[]> numbers) {
    this.numbers = numbers;
  }

  /** Reads the table that the build left beside this class. */
  static SyscallTable load() {
    try (InputStream stream = SyscallTable.class.getResourceAsStream("syscalls.txt")) {
      if (stream == null) {
        throw new IllegalStateException("resource syscalls.txt is missing from the build");
      }
      var numbers = new HashMap<String, int[]>(1024);
      var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ");
        int[] row = new int[words.length - 1];
        for (int i = 0; i < row.length; i++) {
          row[i] = words[i + 1].equals("-") ? -1 : Integer.parseInt(words[i + 1]);
        }
        numbers.put(words[0], row);
      }
      return new SyscallTable(numbers);
    } catch (IOException e) {
      throw new UncheckedIOException("read resource syscalls.txt", e);
    }
  }

  /** The number of a call; empty if the architecture does not have it or nobody knows it. */
  OptionalInt number(Architecture architecture, String name) {
    int[] row = numbers.get(name);
    return row == null || row[architecture.column()] < 0
        ? OptionalInt.empty()
        : OptionalInt.of(row[architecture.column()]);
  }

  /** Whether a call of this name exists, be it on other machines only. */
  boolean knows(String name) {
    return numbers.containsKey(name);
  }

  /** All names. */
  Set<String> names() {
    return numbers.keySet();
  }
}
