package org.jcontainerd.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jcontainerd.daemon.failure.DaemonFailure;

/** The root directory of every pod's own process: the helper, and the places of its mounts. */
record PauseRoot(Path directory) {
  /** Fills it; a helper of an earlier version is replaced, while pods that run keep theirs. */
  void fill(Path helper) throws IOException {
    Path pause = directory.resolve("pause");
    Path fresh = directory.resolve(".pause.new");
    try {
      if (Files.exists(pause) && Files.mismatch(helper, pause) == -1) {
        return;
      }
      Files.copy(helper, fresh, StandardCopyOption.REPLACE_EXISTING);
    } catch (NoSuchFileException e) {
      throw new DaemonFailure.OperationFailed(
          "copy helper '" + helper + "': no such file. Set runtime.helper in the configuration", e);
    }
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("r-xr-xr-x"));
    for (String mountPoint : List.of("proc", "dev", "sys", "etc")) {
      Files.createDirectories(directory.resolve(mountPoint));
    }
    Files.move(fresh, pause, StandardCopyOption.ATOMIC_MOVE);
  }
}
