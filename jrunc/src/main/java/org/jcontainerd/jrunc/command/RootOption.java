package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jcontainerd.jrunc.Caller;
import org.jcontainerd.jrunc.JruncOptions;
import org.jcontainerd.linux.fs.Directory;

/** {@code --root}: which directory holds the containers' state. */
final class RootOption {
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
    Path root = defaultFor(environment, Caller.current());
    if (root.equals(JruncOptions.DEFAULT_ROOT)) {
      return root;
    }
    Path parent = root.resolveSibling("");
    try (Directory directory = Directory.open(parent)) {
      // The sticky bit keeps it from being cleaned up (XDG Base Directory Specification).
      var _ = Files.createDirectories(root);
      directory.changeMode(String.valueOf(root.getFileName()), STICKY_AND_OWN);
    } catch (IOException e) {
      throw new IOException(
          "make '%s': %s. XDG_RUNTIME_DIR must name a directory that you may write to, or --root another one"
              .formatted(root, FailureText.cause(e)),
          e);
    }
    return root;
  }

  /**
   * {@code XDG_RUNTIME_DIR} is for whoever is not root of the host; a root whose {@code USER} says
   * so was made by the user himself, as by podman's {@code unshare}, and shares it.
   */
  static Path defaultFor(Map<String, String> environment, Caller caller) {
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    boolean ordinary =
        caller.uid() != 0
            || caller.inUserNamespace() && !environment.getOrDefault("USER", "").equals("root");
    return ordinary && !runtime.isEmpty() ? Path.of(runtime, "jrunc") : JruncOptions.DEFAULT_ROOT;
  }
}
