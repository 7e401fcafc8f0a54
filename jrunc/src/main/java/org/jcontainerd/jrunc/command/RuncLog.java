package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Supplier;
import org.jcontainerd.oci.json.OciJson;

/**
 * The log that engines read: lines as runc's (logrus) writes them, to standard error or to the file
 * of {@code --log}. Thread-safe as far as appending to a file is.
 *
 * @param file empty for standard error
 * @param json whether lines are JSON objects
 * @param debug whether debug lines are written
 */
record RuncLog(Optional<Path> file, boolean json, boolean debug, PrintStream stderr) {

  /**
   * The log that the global options ask for.
   *
   * @throws IOException if its file cannot be written to
   */
  static RuncLog open(Arguments global, PrintStream stderr) throws IOException, UsageException {
    String format = global.value("log-format").orElse("");
    if (!format.isEmpty() && !format.equals("text") && !format.equals("json")) {
      throw new UsageException("invalid log-format: " + format);
    }
    Optional<Path> file = global.value("log").filter(name -> !name.isEmpty()).map(Path::of);
    if (file.isPresent()) {
      try {
        Files.write(file.get(), new byte[0], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new IOException("open log " + FailureText.cause(e), e);
      }
    }
    return new RuncLog(file, format.equals("json"), global.has("debug"), stderr);
  }

  void warning(String message) {
    write("warning", message);
  }

  /** The message is only made if debug lines are wanted. */
  void debug(Supplier<String> message) {
    if (debug) {
      write("debug", message.get());
    }
  }

  /**
   * A failure that ends the program: in the log for the engine, and on standard error for a person.
   */
  void fatal(String message) {
    write("error", message);
    if (file.isPresent()) {
      stderr.println(message);
    }
  }

  private void write(String level, String message) {
    String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    byte[] line = (json ? jsonLine(level, message, time) : textLine(level, message, time));
    if (file.isEmpty()) {
      stderr.write(line, 0, line.length);
      stderr.flush();
      return;
    }
    try {
      Files.write(file.get(), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      stderr.println("write log " + FailureText.cause(e));
    }
  }

  private static byte[] jsonLine(String level, String message, String time) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("level", level);
    fields.put("msg", message);
    fields.put("time", time);
    byte[] json = OciJson.write(fields);
    byte[] line = java.util.Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  private static byte[] textLine(String level, String message, String time) {
    String quoted = message.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return "time=\"%s\" level=%s msg=\"%s\"\n"
        .formatted(time, level, quoted)
        .getBytes(StandardCharsets.UTF_8);
  }
}
