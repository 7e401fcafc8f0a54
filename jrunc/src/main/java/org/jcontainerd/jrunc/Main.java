package org.jcontainerd.jrunc;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jcontainerd.jrunc.command.JruncProgram;

/** The program {@code jrunc}. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int code = run(List.of(arguments));
    // Nothing waits for an orderly end, which looks for a logger first and costs 13 ms.
    Runtime.getRuntime().halt(code);
  }

  /** One command line; answers the exit code. */
  static int run(List<String> line) {
    var stdout =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    var stderr =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    int code = new JruncProgram(stdout, stderr).run(line);
    stdout.flush();
    return code;
  }
}
