package org.jcontainerd.linux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A small C program, compiled and run; it prints a name and a number on each line. */
final class CompiledC {
  private CompiledC() {}

  static Map<String, Long> run(Path directory, String source, String... options)
      throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("table.c"), source);
    Path program = directory.resolve("table");
    var command = new ArrayList<>(List.of("cc", "-w", "-o", program.toString()));
    command.addAll(List.of(options));
    command.add(file.toString());
    assertEquals("", output(command));
    var values = new LinkedHashMap<String, Long>();
    for (String line : output(List.of(program.toString())).lines().toList()) {
      String[] fields = line.split(" ");
      values.put(fields[0], Long.parseLong(fields[1]));
    }
    return values;
  }

  private static String output(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> command + ": " + text);
    return text;
  }
}
