package org.jcontainerd.daemon.container;

import java.util.List;
import org.jcontainerd.daemon.image.Image;
import org.jcontainerd.daemon.spec.UserDatabase;
import org.jcontainerd.snapshotter.Mount;

/** Reads the users and groups of images. Thread-safe. */
@FunctionalInterface
public interface ImageUsers {
  /**
   * @param rootfs mounts that show the image's tree
   */
  UserDatabase of(Image image, List<Mount> rootfs) throws Exception;
}
