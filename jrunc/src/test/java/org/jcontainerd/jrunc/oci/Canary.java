package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * A directory of the host that links in an image lead to, and the host's mounts: neither may be
 * other than it was, whatever a container's image holds.
 */
public final class Canary {
  /** The name of a file in it, which nobody in a container may see. */
  public static final String FILE = "canary";

  private final Path directory;
  private final List<String> files;
  private final List<String> mounts;

  private Canary(Path directory) throws IOException {
    this.directory = directory;
    this.files = files();
    this.mounts = mounts();
  }

  /** Makes the directory, with a file and a directory in it. */
  public static Canary make(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("inner"));
    Files.writeString(directory.resolve(FILE), "of the host\n");
    return new Canary(directory);
  }

  public Path directory() {
    return directory;
  }

  /** Fails if anything was made, changed or mounted. */
  public void assertUntouched(String when) throws IOException {
    assertEquals(files, files(), when);
    assertEquals(mounts, mounts(), when);
  }

  private List<String> files() throws IOException {
    try (var all = Files.walk(directory)) {
      return all.sorted().map(Canary::describe).toList();
    }
  }

  private static String describe(Path path) {
    try {
      var attributes =
          Files.readAttributes(
              path, "unix:mode,ino,uid,gid,nlink,size,ctime", LinkOption.NOFOLLOW_LINKS);
      return path + " " + new java.util.TreeMap<>(attributes);
    } catch (IOException e) {
      return path + " " + e;
    }
  }

  private static List<String> mounts() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mountinfo"));
  }
}
