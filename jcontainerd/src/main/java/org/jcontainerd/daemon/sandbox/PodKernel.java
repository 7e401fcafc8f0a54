package org.jcontainerd.daemon.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.jcontainerd.linux.mount.MountFlag;
import org.jcontainerd.linux.mount.Mounts;
import org.jcontainerd.linux.netns.NetworkNamespace;

/** What pods need of the kernel; an interface so that every step can be made to fail in a test. */
public interface PodKernel {
  void createNetns(Path pin) throws IOException;

  /** Nothing to do is success. */
  void deleteNetns(Path pin) throws IOException;

  /** Mounts a tmpfs for /dev/shm. */
  void mountShm(Path directory) throws IOException;

  /** Nothing to do is success. */
  void unmount(Path directory) throws IOException;

  /** The real one. */
  record Linux() implements PodKernel {
    private static final String SHM_OPTIONS = "mode=1777,size=65536k"; // docker's default, 64 MiB

    @Override
    public void createNetns(Path pin) throws IOException {
      NetworkNamespace.create(pin);
    }

    @Override
    public void deleteNetns(Path pin) throws IOException {
      NetworkNamespace.delete(pin);
    }

    @Override
    public void mountShm(Path directory) throws IOException {
      Mounts.mount(
          "shm",
          directory,
          "tmpfs",
          Set.of(MountFlag.NO_SUID, MountFlag.NO_DEV, MountFlag.NO_EXEC),
          SHM_OPTIONS);
    }

    @Override
    public void unmount(Path directory) throws IOException {
      Mounts.detachAll(directory);
    }
  }
}
