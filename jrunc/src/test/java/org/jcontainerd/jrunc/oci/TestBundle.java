package org.jcontainerd.jrunc.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Capabilities;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Root;
import org.jcontainerd.oci.runtime.Spec;

/** A bundle whose root is the static busybox of the distribution. */
public final class TestBundle {
  private static final Path BUSYBOX = Path.of("/usr/bin/busybox");
  private static final List<String> APPLETS =
      List.of(
          "sh",
          "cat",
          "echo",
          "env",
          "false",
          "grep",
          "hostname",
          "id",
          "kill",
          "ls",
          "mount",
          "mkdir",
          "mknod",
          "pwd",
          "readlink",
          "rm",
          "sleep",
          "stat",
          "stty",
          "sync",
          "test",
          "touch",
          "true",
          "tty",
          "ulimit",
          "umask",
          "uname",
          "wc",
          "ps",
          "dd",
          "chmod",
          "ip",
          "date",
          "tr");

  private final Path directory;

  private TestBundle(Path directory) {
    this.directory = directory;
  }

  /** Makes the root below {@code directory}. */
  public static TestBundle create(Path directory) throws IOException {
    Path bin = Files.createDirectories(directory.resolve("rootfs/bin"));
    Files.copy(BUSYBOX, bin.resolve("busybox"), StandardCopyOption.REPLACE_EXISTING);
    for (String applet : APPLETS) {
      Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
    }
    for (String name : List.of("proc", "sys", "dev", "tmp", "etc", "root")) {
      Files.createDirectories(directory.resolve("rootfs").resolve(name));
    }
    Files.writeString(directory.resolve("rootfs/etc/passwd"), "root:x:0:0::/root:/bin/sh\n");
    return new TestBundle(directory);
  }

  public Path directory() {
    return directory;
  }

  public Path rootfs() {
    return directory.resolve("rootfs");
  }

  /** Writes config.json. */
  public TestBundle with(Spec spec) throws IOException {
    Files.write(directory.resolve("config.json"), OciJson.write(spec));
    return this;
  }

  /** The configuration that {@code spec} would give, with a command of the root. */
  public static Spec spec(String... args) {
    List<String> capabilities = List.of("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");
    return Spec.builder()
        .ociVersion("1.0.2")
        .root(new Root("rootfs", false))
        .hostname("box")
        .process(
            ProcessSpec.builder()
                .args(List.of(args))
                .env(List.of("PATH=/bin"))
                .cwd("/")
                .noNewPrivileges(true)
                .capabilities(
                    Capabilities.builder()
                        .bounding(capabilities)
                        .effective(capabilities)
                        .permitted(capabilities)
                        .build())
                .build())
        .mounts(mounts())
        .linux(
            Linux.builder()
                .namespaces(
                    List.of(
                        Namespace.created("pid"),
                        Namespace.created("network"),
                        Namespace.created("ipc"),
                        Namespace.created("uts"),
                        Namespace.created("mount")))
                .maskedPaths(List.of("/proc/kcore", "/proc/keys", "/sys/firmware"))
                .readonlyPaths(List.of("/proc/sys", "/proc/bus"))
                .build())
        .build();
  }

  private static List<Mount> mounts() {
    return List.of(
        Mount.of("/proc", "proc", "proc"),
        Mount.of("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
        Mount.of(
            "/dev/pts",
            "devpts",
            "devpts",
            "nosuid",
            "noexec",
            "newinstance",
            "ptmxmode=0666",
            "mode=0620"),
        Mount.of(
            "/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k"),
        Mount.of("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
        Mount.of("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"));
  }
}
