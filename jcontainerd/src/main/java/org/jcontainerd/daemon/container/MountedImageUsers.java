package org.jcontainerd.daemon.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.image.Image;
import org.jcontainerd.daemon.spec.UserDatabase;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.ContainerPath;
import org.jcontainerd.linux.fs.FileStat;
import org.jcontainerd.linux.fs.FileType;
import org.jcontainerd.linux.fs.OpenFlag;
import org.jcontainerd.linux.fs.RootDir;
import org.jcontainerd.linux.mount.DetachedMount;
import org.jcontainerd.linux.mount.FileSystemContext;
import org.jcontainerd.linux.mount.MountAttribute;
import org.jcontainerd.snapshotter.Mount;

/**
 * Reads {@code /etc/passwd} and {@code /etc/group} in a mount of the image that is attached
 * nowhere, with every path resolved inside it. An image is read once; it cannot change.
 * Thread-safe.
 */
public final class MountedImageUsers implements ImageUsers {
  private static final int MOST_IMAGES = 256;
  private static final String LOWER = "lowerdir=";

  private final ConcurrentHashMap<String, UserDatabase> byChainId = new ConcurrentHashMap<>();

  @Override
  public UserDatabase of(Image image, List<Mount> rootfs) throws IOException {
    String key = image.chainId().toString();
    UserDatabase known = byChainId.get(key);
    if (known != null) {
      return known;
    }
    UserDatabase read = read(rootfs);
    if (byChainId.size() >= MOST_IMAGES) { // a bound, not a policy: reading again costs little
      byChainId.clear();
    }
    byChainId.put(key, read);
    return read;
  }

  private static UserDatabase read(List<Mount> rootfs) throws IOException {
    if (rootfs.size() != 1) {
      throw new DaemonFailure.OperationFailed(
          "read users of image: " + rootfs.size() + " mounts, expected 1");
    }
    List<String> layers = layers(rootfs.getFirst());
    if (layers.size() == 1) {
      try (RootDir root = RootDir.open(Path.of(layers.getFirst()))) {
        return read(root);
      }
    }
    try (DetachedMount overlay = overlay(layers);
        RootDir root = RootDir.open(overlay.fd().path())) {
      return read(root);
    }
  }

  /** The directories that make up the image, uppermost first; the container's own is empty yet. */
  private static List<String> layers(Mount mount) {
    return switch (mount.type()) {
      case "bind" -> List.of(mount.source());
      case "overlay" ->
          mount.options().stream()
              .filter(option -> option.startsWith(LOWER))
              .flatMap(option -> Stream.of(option.substring(LOWER.length()).split(":")))
              .toList();
      default ->
          throw new DaemonFailure.OperationFailed(
              "read users of image: mount type '" + mount.type() + "' is unknown");
    };
  }

  private static DetachedMount overlay(List<String> layers) throws LinuxException {
    try (var context = FileSystemContext.open("overlay")) {
      for (String layer : layers) {
        context.set("lowerdir+", layer); // one by one: a single option takes 255 bytes (Linux 6.7)
      }
      return context.create(Set.of(MountAttribute.READ_ONLY, MountAttribute.NO_DEV));
    }
  }

  private static UserDatabase read(RootDir root) throws IOException {
    return UserDatabase.parse(text(root, "/etc/passwd"), text(root, "/etc/group"));
  }

  /** "" if the image has no such file. */
  private static String text(RootDir root, String path) throws IOException {
    try (Fd file = root.open(ContainerPath.of(path), OpenFlag.NON_BLOCKING)) {
      if (FileStat.of(file).type() != FileType.REGULAR) { // a fifo or a device: nobody's users
        return "";
      }
      var bytes = ByteBuffer.allocate(UserDatabase.LARGEST_FILE + 1);
      while (bytes.hasRemaining() && file.read(bytes) > 0) {
        // until the end of file
      }
      if (!bytes.hasRemaining()) {
        throw new DaemonFailure.InvalidArgument(
            "image file '" + path + "': larger than " + UserDatabase.LARGEST_FILE + " bytes");
      }
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
        return "";
      }
      throw e;
    }
  }
}
