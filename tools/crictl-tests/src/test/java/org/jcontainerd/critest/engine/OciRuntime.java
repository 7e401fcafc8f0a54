package org.jcontainerd.critest.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jcontainerd.testing.runtime.Locations;

/**
 * The OCI runtime that the engines are given: ours as built, or the program that the system
 * property {@code engine.runtime} names.
 *
 * @param name jrunc, runc or crun
 * @param program what an engine starts
 */
record OciRuntime(String name, Path program) {
  /**
   * The runtime of this run.
   *
   * @param directory for a wrapper, where the runtime needs one
   */
  static OciRuntime asked(Path directory) throws IOException {
    String given = System.getProperty("engine.runtime", "");
    if (given.isEmpty()) {
      return new OciRuntime("jrunc", Locations.program("bin/jrunc"));
    }
    Path program = Path.of(given).toAbsolutePath();
    String name = String.valueOf(program.getFileName());
    return new OciRuntime(name, name.equals("crun") ? hidden(program, directory) : program);
  }

  /**
   * Crun refuses a hybrid layout that has controllers in the unified tree: it is hidden from it.
   */
  private static Path hidden(Path crun, Path directory) throws IOException {
    Path wrapper = directory.resolve("crun");
    String script =
        """
        #!/bin/sh
        if mountpoint -q /sys/fs/cgroup/unified; then
          exec unshare -m --propagation unchanged sh -c '
            mount --make-rprivate /sys/fs/cgroup && umount /sys/fs/cgroup/unified && exec "$@"
          ' sh %1$s "$@"
        fi
        exec %1$s "$@"
        """
            .formatted(crun);
    Files.writeString(wrapper, script);
    Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
    return wrapper;
  }
}
