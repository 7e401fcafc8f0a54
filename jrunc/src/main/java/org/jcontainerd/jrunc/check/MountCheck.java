package org.jcontainerd.jrunc.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Spec;

/** Whether what is mounted is there. */
final class MountCheck {
  private static final Set<String> OURS = Set.of("", "none", "bind", "cgroup", "cgroup2");

  private final Path bundle;
  private final Spec spec;
  private final Findings findings;

  MountCheck(Path bundle, Spec spec, Findings findings) {
    this.bundle = bundle;
    this.spec = spec;
    this.findings = findings;
  }

  void run() throws LinuxException {
    var known = new HashSet<String>();
    for (String line : KernelFile.read(Path.of("/proc/filesystems")).lines().toList()) {
      known.add(line.substring(line.indexOf('\t') + 1));
    }
    var destinations = new HashSet<String>();
    List<Mount> mounts = spec.mounts();
    for (int i = 0; i < mounts.size(); i++) {
      Mount mount = mounts.get(i);
      String field = "mounts[" + i + "]";
      boolean bind = mount.options().contains("bind") || mount.options().contains("rbind");
      if (bind) {
        Path source = bundle.resolve(mount.source());
        if (!Files.exists(source)) {
          findings.add(
              field + ".source",
              "'" + source + "' does not exist",
              "Make it, or take the mount out");
        }
      } else if (!OURS.contains(mount.type()) && !known.contains(mount.type())) {
        findings.add(
            field + ".type",
            "this kernel has no file system '" + mount.type() + "'",
            "Load its module with 'modprobe " + mount.type() + "', or take the mount out");
      }
      if (!destinations.add(Path.of("/").resolve(mount.destination()).normalize().toString())) {
        findings.add(
            field + ".destination",
            "something is mounted on '" + mount.destination() + "' twice, and this hides the first",
            "Take one of the two out");
      }
    }
  }
}
