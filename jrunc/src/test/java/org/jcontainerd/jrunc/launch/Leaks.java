package org.jcontainerd.jrunc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** What a test of helpers can leave behind: descriptors, mounts, processes of ours. */
public final class Leaks {
  private final Set<String> descriptors;
  private final Path directory;
  private final Set<Long> helpers;

  private Leaks(Path directory) throws IOException {
    descriptors = descriptors();
    this.directory = directory;
    helpers = helpers();
  }

  /**
   * Looks at what is there before the test.
   *
   * @param directory under which no mount may be left
   */
  public static Leaks begin(Path directory) throws IOException {
    return new Leaks(directory);
  }

  /**
   * Fails if anything is there that was not; what ends by itself gets five seconds. What was open
   * before may be closed meanwhile: other tests' helpers end when they end.
   */
  public void check() throws IOException {
    await("helpers", () -> without(helpers(), helpers));
    await("descriptors", () -> without(descriptors(), descriptors));
    try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
      assertEquals(List.of(), lines.filter(line -> line.contains(directory.toString())).toList());
    }
  }

  private static void await(String what, Supplier<Set<?>> left) {
    long end = System.nanoTime() + 5_000_000_000L;
    while (!left.get().isEmpty() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertEquals(Set.of(), left.get(), what);
  }

  private static Set<?> without(Set<?> now, Set<?> before) {
    now.removeAll(before);
    return now;
  }

  /** Numbers and what they lead to, without the descriptor that lists them. */
  private static Set<String> descriptors() {
    var found = new TreeSet<String>();
    try (var all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path link : all) {
        try {
          String target = Files.readSymbolicLink(link).toString();
          if (!target.matches("/proc/\\d+/fd")) {
            found.add(link.getFileName() + " " + target);
          }
        } catch (NoSuchFileException _) {
          // closed while we looked
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** Our children, and theirs, that run the helper's program. */
  private static Set<Long> helpers() {
    var found = new TreeSet<Long>();
    ProcessHandle.current()
        .descendants()
        .filter(process -> isHelper(process.pid()))
        .forEach(process -> found.add(process.pid()));
    return found;
  }

  private static boolean isHelper(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "comm"))
          .startsWith("jrunc-init");
    } catch (IOException _) {
      return false; // it has just ended
    }
  }
}
