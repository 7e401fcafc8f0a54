package org.jcontainerd.jrunc.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A root file system of busybox-static. */
public final class TestRoot {
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final List<String> APPLETS =
      List.of(
          "true",
          "sh",
          "cat",
          "sleep",
          "ls",
          "id",
          "stat",
          "mount",
          "kill",
          "seq",
          "head",
          "readlink");

  private TestRoot() {}

  /** Makes it in an existing directory. */
  public static Path make(Path directory) throws IOException {
    Path root = Files.createDirectory(directory.resolve("rootfs"));
    for (String name : List.of("bin", "proc", "sys", "dev", "tmp", "etc")) {
      Files.createDirectory(root.resolve(name));
    }
    Files.copy(BUSYBOX, root.resolve("bin/busybox"));
    for (String applet : APPLETS) {
      Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
    }
    return root;
  }
}
