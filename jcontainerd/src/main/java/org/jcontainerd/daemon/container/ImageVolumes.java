package org.jcontainerd.daemon.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.Mount;
import org.jcontainerd.daemon.concurrent.Undo;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.image.Image;
import org.jcontainerd.daemon.image.ImageFailure;
import org.jcontainerd.daemon.image.Images;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.ContainerPath;
import org.jcontainerd.linux.fs.OpenFlag;
import org.jcontainerd.linux.fs.RootDir;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.Snapshotter;

/**
 * Images that a container mounts as volumes (KEP-4639): a view of each, mounted read-only in the
 * container's bundle. Thread-safe.
 */
public record ImageVolumes(
    Images images, Snapshotter snapshotter, VolumeMounter mounter, Layout layout) {
  private static final String INFIX = "-volume-";

  /**
   * Mounts those of {@code config}; the bundle exists.
   *
   * @return the host path of each, by container path
   */
  Map<String, Path> mount(String containerId, ContainerConfig config, Undo undo)
      throws IOException, ImageFailure, SnapshotFailure {
    var paths = new HashMap<String, Path>();
    for (Mount each : config.getMountsList()) {
      if (!each.getImage().getImage().isEmpty()) {
        check(each);
        paths.put(each.getContainerPath(), mount(containerId, paths.size(), each, undo));
      }
    }
    return paths;
  }

  private Path mount(String containerId, int number, Mount volume, Undo undo)
      throws IOException, ImageFailure, SnapshotFailure {
    String reference = volume.getImage().getImage();
    Image image =
        images.find(reference).orElseThrow(() -> new DaemonFailure.NotFound("image", reference));
    Path target = directory(containerId).resolve(Integer.toString(number));
    undo.push("unmount image volumes", () -> remove(containerId));
    var view =
        snapshotter.view(
            new SnapshotKey(containerId + INFIX + number), Optional.of(image.snapshot()), Map.of());
    Files.createDirectories(target);
    mounter.mount(view, target);
    return volume.getImageSubPath().isEmpty() ? target : below(target, volume);
  }

  /** Resolved inside the image: its links lead nowhere else (CVE-2024-5154 and its like). */
  private static Path below(Path root, Mount volume) throws IOException {
    ContainerPath path = ContainerPath.of(volume.getImageSubPath());
    try (RootDir image = RootDir.open(root);
        Fd found = image.open(path, OpenFlag.PATH)) {
      return found.path().toRealPath();
    } catch (LinuxException e) {
      throw new DaemonFailure.InvalidArgument(
          "ImageVolumeMountFailed: mount '"
              + volume.getContainerPath()
              + "': sub path '"
              + volume.getImageSubPath()
              + "' of image '"
              + volume.getImage().getImage()
              + "'",
          e);
    }
  }

  /** Unmounts and removes whatever the container has; nothing there is success. */
  public void remove(String containerId) throws IOException, SnapshotFailure {
    for (Path each : mounted(containerId)) {
      mounter.unmount(each);
      var key = new SnapshotKey(containerId + INFIX + each.getFileName());
      RemoveContainer.removeSnapshot(snapshotter, key);
      Files.delete(each);
    }
  }

  /** The container whose volume a snapshot is; empty for any other snapshot. */
  public static Optional<String> containerOf(SnapshotKey key) {
    int at = key.value().indexOf(INFIX);
    return at < 0 ? Optional.empty() : Optional.of(key.value().substring(0, at));
  }

  private List<Path> mounted(String containerId) throws IOException {
    try (Stream<Path> entries = Files.list(directory(containerId))) {
      return entries.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private Path directory(String containerId) {
    return layout.bundle(containerId).resolve("volumes");
  }

  private static void check(Mount volume) {
    if (!volume.getReadonly()) {
      throw new DaemonFailure.InvalidArgument(
          "mount '" + volume.getContainerPath() + "': an image volume must be readonly");
    }
    if (!volume.getHostPath().isEmpty()) {
      throw new DaemonFailure.InvalidArgument(
          "mount '" + volume.getContainerPath() + "': has both an image and a host path");
    }
  }
}
