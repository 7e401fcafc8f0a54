package org.jcontainerd.snapshotter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.ContainerPath;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.FileStat;
import org.jcontainerd.linux.fs.RootDir;

/**
 * Gives directories that a layer did not describe the attributes they have below it. Without that,
 * a layer with only {@code root/.profile} would open a {@code root/} of mode 0700 to everybody: the
 * attributes of the upper directory are the ones that count in overlayfs.
 */
public final class ImpliedDirectories {
  private ImpliedDirectories() {}

  /**
   * @param layer root of the new layer's tree
   * @param implied paths below it
   * @param below roots of the trees below it, the nearest first
   */
  public static void inherit(Path layer, List<String> implied, List<Path> below)
      throws IOException {
    if (implied.isEmpty() || below.isEmpty()) {
      return;
    }
    try (var tree = RootDir.open(layer)) {
      for (var text : implied) {
        var path = ContainerPath.of(text);
        try (var holder = tree.parentOf(path)) {
          inherit(holder, path, below);
        } catch (LinuxException e) {
          if (!isAbsent(e)) {
            throw e;
          }
          // replaced by a later entry of the layer
        }
      }
    }
  }

  private static void inherit(Directory holder, ContainerPath path, List<Path> below)
      throws IOException {
    for (var root : below) {
      try (var tree = RootDir.open(root);
          var model = tree.directory(path)) {
        var stat = FileStat.of(model.fd());
        holder.changeOwner(path.name(), stat.uid(), stat.gid());
        holder.changeMode(path.name(), stat.permissions());
        holder.setTimes(path.name(), stat.modified(), stat.modified());
        return;
      } catch (LinuxException e) {
        if (!isAbsent(e)) {
          throw e;
        }
        // this layer does not have it: the next one may
      }
    }
  }

  private static boolean isAbsent(LinuxException e) {
    return e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP);
  }
}
