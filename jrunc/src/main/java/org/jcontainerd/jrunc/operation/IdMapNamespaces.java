package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jcontainerd.jrunc.compile.IdMapPlan;
import org.jcontainerd.jrunc.launch.Launch;
import org.jcontainerd.jrunc.launch.LaunchListener;
import org.jcontainerd.jrunc.launch.Launcher;
import org.jcontainerd.jrunc.launch.ProcessIdentity;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.oci.runtime.IdMapping;

/**
 * User namespaces that exist only for their mappings: the kernel takes those of an idmapped mount
 * so.
 */
final class IdMapNamespaces {
  private IdMapNamespaces() {}

  /** A new one, held by the descriptor alone; the process that it was made with ends at once. */
  static Fd open(Launcher launcher, List<IdMapping> uids, List<IdMapping> gids) throws IOException {
    try (Launch launch = launcher.launch(IdMapPlan.of(uids, gids), Map.of())) {
      ProcessIdentity process = launch.await(LaunchListener.NONE);
      return HostFile.reading(Path.of("/proc", Integer.toString(process.pid()), "ns/user"));
    }
  }
}
