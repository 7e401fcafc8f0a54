package org.jcontainerd.jrunc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.ProcessAttributes;

/**
 * The run that the build makes the AOT cache of {@code jrunc} from: the commands that engines call,
 * as they call them, on containers in a directory of its own where the machine lets us make some. A
 * class that was not loaded here is loaded from its jar, which costs a command some milliseconds.
 */
public final class Training {
  private static final String ID = "training-" + ProcessHandle.current().pid();

  private final Path directory;

  private Training(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] arguments) throws Exception {
    ProcessAttributes.becomeSubreaper(); // who else would get the orphans may reap them late
    Path directory = Files.createTempDirectory("jrunc-training");
    try {
      new Training(directory).commands();
    } finally {
      try (var tree = Files.walk(directory)) {
        for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    System.exit(0);
  }

  private void commands() throws IOException {
    String waiting = bundle("waiting", "pause").toString();
    String ending = bundle("ending", "--version").toString();
    String pidFile = directory.resolve("pid").toString();
    var _ = jrunc("features");
    var _ = jrunc("plan", "--bundle", waiting);
    if (jrunc("create", "--bundle", waiting, "--pid-file", pidFile, ID) != 0) {
      System.err.println("training: no container here, so a smaller cache");
      return;
    }
    String process =
        Files.writeString(directory.resolve("process.json"), process("--version")).toString();
    var _ = jrunc("state", ID);
    var _ = jrunc("start", ID);
    var _ = jrunc("exec", ID, "/pause", "--version");
    if (jrunc("exec", "--detach", "--process", process, "--pid-file", pidFile, ID) == 0) {
      reap(Integer.parseInt(Files.readString(Path.of(pidFile)).strip()));
    }
    var _ = jrunc("list");
    var _ = jrunc("ps", ID);
    var _ = jrunc("pause", ID);
    var _ = jrunc("resume", ID);
    var _ = jrunc("update", "--pids-limit", "100", ID);
    var _ = jrunc("kill", ID, "KILL");
    var _ = jrunc("delete", "--force", ID);
    var _ = jrunc("state", ID); // a refusal has classes of its own
    if (jrunc("run", "--bundle", ending, ID) != 0) {
      throw new IOException("the container of the training run did not run to its end");
    }
  }

  /** A pid namespace cannot end, and no container be deleted, before its processes are reaped. */
  private static void reap(int pid) throws IOException {
    try (PidFd child = PidFd.open(pid)) {
      var _ = child.waitFor();
    }
  }

  private int jrunc(String... words) {
    var line =
        new ArrayList<>(
            List.of(
                "--root",
                directory.resolve("state").toString(),
                "--log",
                directory.resolve("log").toString(),
                "--log-format",
                "json"));
    line.addAll(List.of(words));
    return Main.run(line);
  }

  private Path bundle(String name, String argument) throws IOException {
    Path helper = Path.of(System.getProperty("jcontainerd.home", ""), "lib/jrunc-init");
    Path root = Files.createDirectories(directory.resolve(name).resolve("rootfs"));
    var _ = Files.copy(helper, root.resolve("pause"));
    for (String mountPoint : new String[] {"proc", "dev", "sys", "etc"}) {
      var _ = Files.createDirectory(root.resolve(mountPoint));
    }
    var _ = Files.writeString(directory.resolve(name).resolve("config.json"), spec(argument));
    return directory.resolve(name);
  }

  private static String process(String argument) {
    return """
    {
      "args": ["/pause", "%s"], "env": ["PATH=/bin", "TERM=xterm"], "cwd": "/",
      "user": {"uid": 0, "gid": 0, "additionalGids": [0]},
      "capabilities": {"bounding": ["CAP_CHOWN"], "effective": ["CAP_CHOWN"], "permitted": ["CAP_CHOWN"]},
      "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 256, "hard": 256}],
      "noNewPrivileges": true
    }
    """
        .formatted(argument);
  }

  /** What engines ask for. */
  private static String spec(String argument) {
    return """
    {
      "ociVersion": "1.0.2",
      "process": %s,
      "root": {"path": "rootfs"},
      "hostname": "training",
      "annotations": {"org.example.training": "yes"},
      "mounts": [
        {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"]},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
        {"destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["newinstance", "ptmxmode=0666", "gid=5"]},
        {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "mode=1777"]},
        {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": ["nosuid"]},
        {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]},
        {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["ro", "nosuid"]},
        {"destination": "/etc/hosts", "type": "bind", "source": "/etc/hosts", "options": ["rbind", "rprivate", "ro"]}
      ],
      "linux": {
        "namespaces": [
          {"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}, {"type": "network"}, {"type": "cgroup"}
        ],
        "cgroupsPath": "/%s",
        "resources": {
          "devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 1, "minor": 3, "access": "rw"}],
          "memory": {"limit": 67108864}, "cpu": {"shares": 100, "quota": 50000, "period": 100000}, "pids": {"limit": 99}
        },
        "sysctl": {"net.ipv4.ping_group_range": "0 0"},
        "maskedPaths": ["/proc/kcore", "/sys/firmware"],
        "readonlyPaths": ["/proc/sys", "/proc/irq"],
        "seccomp": {
          "defaultAction": "SCMP_ACT_ERRNO",
          "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
          "syscalls": [
            {"names": ["accept", "bind", "brk", "close", "execve", "exit", "exit_group", "fstat", "getpid", "ioctl", "mmap", "open", "openat",
              "pause", "prctl", "read", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "write", "writev", "arch_prctl", "set_tid_address",
              "wait4", "sigaltstack", "ppoll", "poll", "rt_sigsuspend", "rt_sigtimedwait", "sigsuspend"], "action": "SCMP_ACT_ALLOW"},
            {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]}
          ]
        }
      }
    }
    """
        .formatted(process(argument), ID);
  }
}
