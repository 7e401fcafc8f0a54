package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.Spawn;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Linux;

/**
 * Maps subordinate ids by {@code newuidmap} and {@code newgidmap}, which may do it for an ordinary
 * user who has them in {@code /etc/subuid} and {@code /etc/subgid}.
 */
final class IdMapPrograms {
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/local/bin"));

  private IdMapPrograms() {}

  /**
   * Maps both kinds of ids of a process that waits for it.
   *
   * @throws RuncFailure.NotSupported if the programs are not installed
   * @throws RuncFailure.Failed with what the program said, if it refuses
   */
  static void map(int pid, Linux linux) throws IOException, RuncFailure {
    run("newuidmap", pid, "linux.uidMappings", linux.uidMappings());
    run("newgidmap", pid, "linux.gidMappings", linux.gidMappings());
  }

  private static void run(String name, int pid, String field, List<IdMapping> mappings)
      throws IOException, RuncFailure {
    var arguments = new ArrayList<>(List.of(name, Integer.toString(pid)));
    for (IdMapping mapping : mappings) {
      arguments.add(Long.toString(mapping.containerId()));
      arguments.add(Long.toString(mapping.hostId()));
      arguments.add(Long.toString(mapping.size()));
    }
    Path program = find(name, field);
    try (Fd none = HostFile.readingAndWriting(Path.of("/dev/null"));
        Fd output = Memfd.create(name)) {
      Spawn spawn =
          Spawn.program(program).arguments(arguments).environment(Map.of("PATH", "/usr/bin:/bin"));
      spawn.descriptor(0, none);
      spawn.descriptor(1, output);
      spawn.descriptor(2, output);
      try (PidFd process = spawn.start()) {
        ExitStatus status = process.waitFor();
        if (!(status instanceof ExitStatus.Exited(int code) && code == 0)) {
          throw new RuncFailure.Failed(
              "%s: %s: %s (are the ids in /etc/sub%s?)"
                  .formatted(field, name, said(output), name.substring(3, 6)));
        }
      }
    }
  }

  private static String said(Fd output) throws IOException {
    try (Fd reading = HostFile.reading(output.path())) {
      return KernelFile.read(reading).strip();
    }
  }

  private static Path find(String name, String field) throws RuncFailure.NotSupported {
    return PLACES.stream()
        .map(place -> place.resolve(name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() ->
            new RuncFailure.NotSupported(
                field,
                "ids other than the caller's own need '%s'; install uidmap".formatted(name)));
  }
}
