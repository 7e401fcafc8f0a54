package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jcontainerd.jrunc.JruncOptions;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.KernelFile;

/** {@code --root}: which directory holds the containers' state. */
final class RootOption {
  /** What uid_map holds in the first user namespace. */
  private static final String ALL_IDS = "0 0 4294967295";

  private static final int STICKY_AND_OWN = 01700;

  private RootOption() {}

  /** The one of {@code --root}, or the default for this user. */
  static Path of(Arguments global, Map<String, String> environment)
      throws IOException, UsageException {
    if (global.value("root").isPresent()) {
      Path root = Path.of(global.value("root").get()).toAbsolutePath().normalize();
      if (root.equals(Path.of("/"))) {
        throw new UsageException("option --root argument should not be set to /");
      }
      return root;
    }
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (runtime.isEmpty() || !isUsers(environment)) {
      return JruncOptions.DEFAULT_ROOT;
    }
    Path parent = Path.of(runtime);
    try (Directory directory = Directory.open(parent)) {
      // The sticky bit keeps it from being cleaned up (XDG Base Directory Specification).
      var _ = Files.createDirectories(parent.resolve("jrunc"));
      directory.changeMode("jrunc", STICKY_AND_OWN);
    } catch (IOException e) {
      throw new IOException(
          "make '%s': %s. XDG_RUNTIME_DIR must name a directory that you may write to, or --root another one"
              .formatted(parent.resolve("jrunc"), FailureText.cause(e)),
          e);
    }
    return parent.resolve("jrunc");
  }

  /** Whether an ordinary user is at work, be it as root of a user namespace. */
  private static boolean isUsers(Map<String, String> environment) throws IOException {
    if (Caller.get().uid() != 0) {
      return true;
    }
    String map = KernelFile.read(Path.of("/proc/self/uid_map")).strip().replaceAll(" +", " ");
    return !map.equals(ALL_IDS) && !"root".equals(environment.get("USER"));
  }
}
