package org.jcontainerd.snapshotter.overlayfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.mount.Mounts;

/**
 * Finds out whether overlayfs works on a directory's file system, by mounting one there. The caller
 * asks once and keeps the answer.
 */
public final class OverlayfsProbe {
  private OverlayfsProbe() {}

  /** The answer. */
  public sealed interface Result {}

  public record Available() implements Result {}

  /**
   * @param reason the call that failed, or what it did not do
   */
  public record Unavailable(String reason) implements Result {}

  /**
   * Mounts two directories below {@code root}, writes a file through them, and removes all of it.
   *
   * @param root exists, and is on the file system in question
   */
  public static Result run(Path root) {
    try {
      var scratch = Files.createTempDirectory(root, "overlay-probe");
      try {
        return mount(scratch);
      } finally {
        try (var parent = Directory.open(root)) {
          parent.removeTree(String.valueOf(scratch.getFileName()));
        }
      }
    } catch (IOException e) {
      return new Unavailable(e.toString());
    }
  }

  private static Result mount(Path scratch) throws IOException {
    for (var name : new String[] {"lower", "upper", "work", "merged"}) {
      Path _ = Files.createDirectory(scratch.resolve(name));
    }
    Path _ = Files.writeString(scratch.resolve("lower/file"), "lower");
    var options =
        "lowerdir=%s,upperdir=%s,workdir=%s"
            .formatted(scratch.resolve("lower"), scratch.resolve("upper"), scratch.resolve("work"));
    var merged = scratch.resolve("merged");
    Mounts.mount("overlay", merged, "overlay", Set.of(), options);
    try {
      // a file system without d_type or whiteouts mounts, and fails here
      Files.delete(merged.resolve("file"));
      return Files.exists(merged.resolve("file"))
          ? new Unavailable("a removed file of the lower directory is still there")
          : new Available();
    } finally {
      Mounts.unmount(merged);
    }
  }
}
