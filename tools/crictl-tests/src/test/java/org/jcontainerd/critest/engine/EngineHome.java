package org.jcontainerd.critest.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jcontainerd.testing.runtime.LeftBehind;
import org.jcontainerd.testing.runtime.Locations;

/**
 * A directory that has everything of one engine, and the environment that keeps it there. Closing
 * it ends what still runs of it. Confined to one thread.
 */
final class EngineHome implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path directory;
  private final Map<String, String> environment = new TreeMap<>();

  private EngineHome(Path directory) {
    this.directory = directory;
  }

  private static EngineHome create(String engine) throws IOException {
    // short: unix sockets below it have names of at most 107 bytes
    Path directory = Files.createTempDirectory(Path.of("/tmp"), "jc-" + engine + "-");
    // the root of a user namespace goes through it, as through the engines' own places
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    var home = new EngineHome(directory);
    Path temporary = Files.createDirectories(directory.resolve("tmp"));
    home.environment.put("PATH", Locations.peers().resolve("bin") + ":" + System.getenv("PATH"));
    home.environment.put("HOME", directory.toString());
    home.environment.put("TMPDIR", temporary.toString());
    return home;
  }

  /** Starts an engine in a home of its own, which goes again if the engine does not start. */
  static <E> E start(String engine, Start<E> start) throws IOException, InterruptedException {
    EngineHome home = create(engine);
    boolean started = false;
    try {
      E running = start.in(home);
      started = true;
      return running;
    } finally {
      if (!started) {
        home.close();
      }
    }
  }

  /** How an engine starts. */
  @FunctionalInterface
  interface Start<E> {
    /** Returns the engine, which owns its home from now on. */
    E in(EngineHome home) throws IOException, InterruptedException;
  }

  Path directory() {
    return directory;
  }

  Map<String, String> environment() {
    return environment;
  }

  /** A file below the directory with this content; parents are made. */
  Path file(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  /** Runs a command to its end; output goes to files, which what stays behind may go on to hold. */
  Answer run(List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    var builder =
        new ProcessBuilder(command)
            .directory(directory.toFile()) // conmon leaves a file there when memory is short
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(
          "not ended within " + LIMIT + ": " + command + ": " + text(out) + text(err));
    }
    return new Answer(command, process.exitValue(), text(out).strip(), text(err));
  }

  /** As {@link #run}, on a terminal of its own. */
  Answer onTerminal(List<String> command) throws IOException, InterruptedException {
    return run(List.of("script", "-qec", quoted(command), "/dev/null"));
  }

  /** A command as one line of a shell. */
  static String quoted(List<String> command) {
    return command.stream()
        .map(word -> "'" + word.replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" "));
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  static List<String> words(List<String> first, String... more) {
    var all = new ArrayList<>(first);
    all.addAll(Arrays.asList(more));
    return all;
  }

  @Override
  public void close() throws IOException {
    LeftBehind.release(directory);
  }
}
