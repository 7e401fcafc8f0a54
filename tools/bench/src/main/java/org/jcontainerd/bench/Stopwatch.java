package org.jcontainerd.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that does one round for each line that it reads, and answers a line: nanoseconds, exit
 * code, and kilobytes of memory. Confined to one thread.
 */
final class Stopwatch implements AutoCloseable {
  /**
   * One round.
   *
   * @param code exit code of what was run
   * @param kilobytes the most memory that it had
   */
  record Lap(double milliseconds, int code, long kilobytes) {}

  private final Process program;
  private final BufferedWriter questions;
  private final BufferedReader answers;
  private final Path said;

  private Stopwatch(Process program, Path said) {
    this.program = program;
    this.questions = program.outputWriter(StandardCharsets.UTF_8);
    this.answers = program.inputReader(StandardCharsets.UTF_8);
    this.said = said;
  }

  /**
   * Starts the program.
   *
   * @param said file for its standard error
   */
  static Stopwatch start(List<String> command, Path said) throws IOException {
    var builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(said.toFile()));
    return new Stopwatch(builder.start(), said);
  }

  /** One round, which must end with 0. */
  Lap lap(String line) throws IOException {
    questions.write(line);
    questions.newLine();
    questions.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("bench: the program of '" + line + "' has ended: " + lastWords());
    }
    String[] numbers = answer.split(" ");
    var lap =
        new Lap(
            Long.parseLong(numbers[0]) / (double) TimeUnit.MILLISECONDS.toNanos(1),
            Integer.parseInt(numbers[1]),
            Long.parseLong(numbers[2]));
    if (lap.code() != 0) {
      throw new IOException(
          "bench: '" + line.replace('\t', ' ') + "': exit code " + lap.code() + ": " + lastWords());
    }
    return lap;
  }

  private String lastWords() throws IOException {
    return Files.readString(said, StandardCharsets.ISO_8859_1);
  }

  /** The end of its input ends it. */
  @Override
  public void close() throws IOException {
    questions.close();
    var _ = program.onExit().join();
  }
}
