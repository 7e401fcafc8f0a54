package org.jcontainerd.jrunc.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.ContainerPath;
import org.jcontainerd.linux.fs.FileType;
import org.jcontainerd.linux.fs.OpenFlag;
import org.jcontainerd.linux.fs.RootDir;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Spec;

/**
 * The mounts of a container that come from outside it. criu saves their names alone and is told at
 * restore what each is to show (criu(8), "--external"). Immutable.
 */
public final class ExternalMounts {
  private static final String NULL = "/dev/null";
  private static final ContainerPath DEV = ContainerPath.of("/dev");

  /** Devices that are bound instead of made where mknod is refused (config-linux.md, devices). */
  private static final List<String> DEVICES =
      List.of("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty");

  /**
   * One mount.
   *
   * @param point in the container, also its name in the images
   * @param source on the host
   */
  private record External(String point, String source) {}

  private final List<External> mounts;
  private final List<String> masked;

  private ExternalMounts(List<External> mounts, List<String> masked) {
    this.mounts = List.copyOf(mounts);
    this.masked = List.copyOf(masked);
  }

  /**
   * Finds them.
   *
   * @param bundle that relative sources count from
   * @param rootfs the container's root on the host, in which links of mount points are resolved
   * @param cgroups the container's cgroup directories by the mount point of the hierarchy
   */
  public static ExternalMounts of(Spec spec, Path bundle, Path rootfs, Map<String, Path> cgroups)
      throws IOException {
    Linux linux = spec.linux().orElseGet(() -> Linux.builder().build());
    var found = new ArrayList<External>();
    try (RootDir root = RootDir.open(rootfs)) {
      for (Mount mount : spec.mounts()) {
        if (isBind(mount)) {
          String source = bundle.resolve(mount.source()).normalize().toString();
          found.add(new External(point(root, rootfs, mount.destination()), source));
        } else if (mount.type().startsWith("cgroup") && !has(linux, "cgroup")) {
          String top = point(root, rootfs, mount.destination());
          cgroups.forEach((hierarchy, directory) ->
              found.add(
                  new External(
                      cgroups.size() == 1 && mount.type().equals("cgroup2")
                          ? top
                          : top + "/" + Path.of(hierarchy).getFileName(),
                      directory.toString())));
        }
      }
      if (has(linux, "user")) {
        var devices = new ArrayList<>(DEVICES);
        linux.devices().forEach(device -> devices.add(device.path()));
        for (String device : devices) {
          found.add(new External(ContainerPath.of(device).toString(), device));
        }
      }
    }
    return new ExternalMounts(found, linux.maskedPaths());
  }

  /** Whether the configuration asks for a bind mount. */
  public static boolean isBind(Mount mount) {
    return mount.type().equals("bind")
        || mount.options().contains("bind")
        || mount.options().contains("rbind");
  }

  private static boolean has(Linux linux, String namespace) {
    return linux.namespaces().stream().anyMatch(each -> each.type().equals(namespace));
  }

  /** Where a mount is after links in the root were followed, as criu finds it in mountinfo. */
  private static String point(RootDir root, Path rootfs, String destination) throws IOException {
    ContainerPath path = ContainerPath.of(destination);
    if (path.startsWith(DEV)) {
      return path.toString(); // on a file system that was mounted; what is below is not looked at
    }
    try (Fd fd = root.open(path, OpenFlag.PATH)) {
      Path real = Files.readSymbolicLink(fd.path());
      return real.startsWith(rootfs) ? "/" + rootfs.relativize(real) : path.toString();
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
        return path.toString(); // made on another mount
      }
      throw e;
    }
  }

  /** Names them for a dump. Masked files all show the same device, so they have one name. */
  public void nameAll(CriuOptions options, int pid) throws LinuxException {
    for (External mount : mounts) {
      options.pair(CriuOption.EXT_MNT, mount.point(), mount.point());
    }
    try (RootDir root = RootDir.open(Path.of("/proc", Integer.toString(pid), "root"))) {
      for (String path : masked) {
        var stat = root.stat(ContainerPath.of(path));
        if (stat.isPresent() && stat.get().type() != FileType.DIRECTORY) {
          options.pair(CriuOption.EXT_MNT, ContainerPath.of(path).toString(), NULL);
        }
      }
    }
  }

  /** Says for a restore what each name is now. */
  public void mapAll(CriuOptions options) {
    for (External mount : mounts) {
      options.pair(CriuOption.EXT_MNT, mount.point(), mount.source());
    }
    if (!masked.isEmpty()) {
      options.pair(CriuOption.EXT_MNT, NULL, NULL);
    }
  }

  /**
   * Makes mount points that the root does not have. What lies on another mount comes back with it.
   */
  public static void makePoints(Spec spec, Path bundle, Path rootfs) throws IOException {
    try (RootDir root = RootDir.open(rootfs)) {
      for (Mount mount : spec.mounts()) {
        ContainerPath path = ContainerPath.of(mount.destination());
        boolean onAnother =
            spec.mounts().stream()
                .map(other -> ContainerPath.of(other.destination()))
                .anyMatch(other -> !other.equals(path) && path.startsWith(other));
        if (onAnother || path.isRoot()) {
          continue;
        }
        Optional<Path> source =
            isBind(mount) ? Optional.of(bundle.resolve(mount.source())) : Optional.empty();
        if (source.isPresent() && !Files.isDirectory(source.get())) {
          makeFile(root, path);
        } else {
          root.makeDirectories(path, 0755).close();
        }
      }
    }
  }

  private static void makeFile(RootDir root, ContainerPath path) throws LinuxException {
    try (var parent = root.makeDirectories(path.parent(), 0755)) {
      if (parent.stat(path.name()).isEmpty()) {
        parent.createFile(path.name(), 0755).close();
      }
    }
  }
}
