package org.jcontainerd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Two bundles on one root with the static busybox: one whose program ends at once, one whose
 * program waits. What {@code runc spec} asks for, without a terminal and with limits.
 *
 * @param ending directory of the first
 * @param waiting directory of the second
 */
record OciBundles(Path root, Path ending, Path waiting) {
  private static final Path BUSYBOX = Path.of("/usr/bin/busybox");

  static OciBundles create(Path directory) throws IOException {
    Path root = directory.resolve("root");
    Path bin = Files.createDirectories(root.resolve("bin"));
    Files.copy(BUSYBOX, bin.resolve("true"));
    Files.createLink(bin.resolve("sleep"), bin.resolve("true"));
    for (String name : new String[] {"proc", "dev", "sys"}) {
      Files.createDirectory(root.resolve(name));
    }
    Files.createDirectories(root.resolve("sys/fs/cgroup"));
    return new OciBundles(
        root,
        bundle(directory.resolve("ending"), root, "\"/bin/true\""),
        bundle(directory.resolve("waiting"), root, "\"/bin/sleep\", \"1000\""));
  }

  private static Path bundle(Path directory, Path root, String arguments) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("config.json"), config(arguments, root));
    return directory;
  }

  private static String config(String arguments, Path root) {
    return """
    {
      "ociVersion": "1.0.2",
      "process": {
        "args": [%s], "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0}, "noNewPrivileges": true,
        "capabilities": {
          "bounding": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
          "effective": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
          "permitted": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
        }
      },
      "root": {"path": "%s"},
      "hostname": "box",
      "mounts": [
        {"destination": "/proc", "type": "proc", "source": "proc"},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
        {"destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]},
        {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]},
        {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": ["nosuid", "noexec", "nodev"]},
        {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]}
      ],
      "linux": {
        "cgroupsPath": "/jcbench-oci",
        "resources": {"memory": {"limit": 67108864}, "pids": {"limit": 100}},
        "namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}],
        "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"],
        "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
      }
    }
    """
        .formatted(arguments, root);
  }
}
