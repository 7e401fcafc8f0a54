package org.jcontainerd.bench.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs {@code jctl} against one socket, as a person would, showing what is typed. */
final class Jctl {
  private final Path program;
  private final Path socket;

  Jctl(Path program, Path socket) {
    this.program = program;
    this.socket = socket;
  }

  /** Runs a command whose output is shown; fails if the command fails. */
  void show(String... arguments) throws IOException, InterruptedException {
    type(arguments);
    Process process = new ProcessBuilder(command(arguments)).inheritIO().start();
    check(process.waitFor(), arguments);
  }

  /** Runs a command on a terminal of its own, and shows and answers what came out. */
  String onTerminal(String... arguments) throws IOException, InterruptedException {
    type(arguments);
    String line = String.join(" ", command(arguments).stream().map(Jctl::quote).toList());
    return read(new ProcessBuilder("script", "-qec", line, "/dev/null"), arguments);
  }

  /** Runs a command, and shows and answers what came out. */
  String read(String... arguments) throws IOException, InterruptedException {
    type(arguments);
    return read(new ProcessBuilder(command(arguments)), arguments);
  }

  private static String read(ProcessBuilder builder, String... arguments)
      throws IOException, InterruptedException {
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    System.out.print(text);
    check(process.waitFor(), arguments);
    return text.strip();
  }

  private List<String> command(String... arguments) {
    var words = new ArrayList<>(List.of(program.toString(), "--address", socket.toString()));
    words.addAll(List.of(arguments));
    return words;
  }

  private static void type(String... arguments) {
    System.out.println(
        "$ jctl " + String.join(" ", List.of(arguments).stream().map(Jctl::quote).toList()));
  }

  private static String quote(String word) {
    return word.matches("[A-Za-z0-9_./:=,@-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private static void check(int code, String... arguments) throws IOException {
    if (code != 0) {
      throw new IOException("jctl " + String.join(" ", arguments) + ": exit code " + code);
    }
  }
}
