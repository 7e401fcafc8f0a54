package org.jcontainerd.critest.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Somebody at a terminal of 33 rows and 77 columns, on which a command runs: types lines, and waits
 * for what is shown. Closing it ends the command. Confined to one thread.
 */
final class Conversation implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String INTERRUPT = "\u0003";

  private final List<String> command;
  private final Process process;
  private final Path shown;

  private Conversation(List<String> command, Process process, Path shown) {
    this.command = command;
    this.process = process;
    this.shown = shown;
  }

  /** Starts a command on a terminal of its own. */
  static Conversation start(EngineHome home, List<String> command) throws IOException {
    Path shown = Files.createTempFile(home.directory(), "shown", "");
    String sized = "stty rows 33 cols 77; exec " + EngineHome.quoted(command);
    var builder =
        new ProcessBuilder("script", "-qec", sized, "/dev/null")
            .directory(home.directory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(shown.toFile());
    builder.environment().putAll(home.environment());
    return new Conversation(command, builder.start(), shown);
  }

  /** Types this, and the key that ends a line. */
  Conversation type(String line) throws IOException {
    return press(line + "\n");
  }

  /** Presses ctrl and c. */
  Conversation interrupt() throws IOException {
    return press(INTERRUPT);
  }

  private Conversation press(String keys) throws IOException {
    process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    return this;
  }

  /** Waits until the terminal has shown this. */
  Conversation await(String text) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.readString(shown).contains(text)) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        throw new AssertionError("'" + text + "' was not shown: " + answer(-1));
      }
      Thread.sleep(20);
    }
    return this;
  }

  /** What has been shown until now, of a command that runs. */
  Answer shown() throws IOException {
    return answer(-1);
  }

  /** What the command ended with, by itself. */
  Answer end() throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("not ended within " + PATIENCE + ": " + answer(-1));
    }
    return answer(process.exitValue());
  }

  private Answer answer(int code) throws IOException {
    return new Answer(command, code, Files.readString(shown).strip(), "");
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly); // script would leave them
    process.destroyForcibly().onExit().join();
  }
}
