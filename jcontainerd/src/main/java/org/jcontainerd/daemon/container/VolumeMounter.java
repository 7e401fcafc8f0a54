package org.jcontainerd.daemon.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.linux.mount.DetachedMount;
import org.jcontainerd.linux.mount.FileSystemContext;
import org.jcontainerd.linux.mount.MountAttribute;
import org.jcontainerd.linux.mount.Mounts;
import org.jcontainerd.snapshotter.Mount;

/** Mounts images read-only on the host, to be shown in containers. Thread-safe. */
public interface VolumeMounter {
  void mount(List<Mount> mounts, Path target) throws IOException;

  /** Nothing to do is success. */
  void unmount(Path target) throws IOException;

  /** The real one. */
  record Linux() implements VolumeMounter {
    private static final String LOWER = "lowerdir=";

    @Override
    public void mount(List<Mount> mounts, Path target) throws IOException {
      if (mounts.size() != 1) {
        throw new DaemonFailure.OperationFailed(
            "mount image: " + mounts.size() + " mounts, expected 1");
      }
      Mount mount = mounts.getFirst();
      try (DetachedMount tree = mount.type().equals("bind") ? bind(mount) : overlay(mount)) {
        tree.attach(target);
      }
    }

    private static DetachedMount bind(Mount mount) throws IOException {
      DetachedMount tree = DetachedMount.clone(Path.of(mount.source()), false);
      try {
        tree.change(
            Set.of(MountAttribute.READ_ONLY, MountAttribute.NO_DEV, MountAttribute.NO_SUID),
            Set.of(),
            false);
        return tree;
      } catch (IOException | RuntimeException e) {
        tree.close();
        throw e;
      }
    }

    private static DetachedMount overlay(Mount mount) throws IOException {
      try (var context = FileSystemContext.open("overlay")) {
        for (String option : mount.options()) {
          if (option.startsWith(LOWER)) {
            for (String layer : option.substring(LOWER.length()).split(":")) {
              context.set("lowerdir+", layer);
            }
          }
        }
        return context.create(
            Set.of(MountAttribute.READ_ONLY, MountAttribute.NO_DEV, MountAttribute.NO_SUID));
      }
    }

    @Override
    public void unmount(Path target) throws IOException {
      Mounts.detachAll(target);
    }
  }
}
