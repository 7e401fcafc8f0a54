package org.jcontainerd.daemon.image;

import java.nio.file.Path;
import org.jcontainerd.snapshotter.Usage;

/**
 * Space taken, by what. Immutable.
 *
 * @param images blobs and committed snapshots
 * @param containers what containers wrote
 */
public record FsUsage(Filesystem images, Filesystem containers) {
  /**
   * @param directory the directory whose file system holds it; CRI calls it mountpoint
   */
  public record Filesystem(Path directory, Usage usage) {}
}
