package org.jcontainerd.linux.mount;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.MountCalls;

/**
 * mount(2) and umount2(2) in the mount namespace of this process. Thread-safe.
 *
 * <p>Targets are host paths. What lies inside a container's root is mounted through a descriptor:
 * {@code fd.path()} of a {@link org.jcontainerd.linux.fs.RootDir} entry.
 */
public final class Mounts {
  private Mounts() {}

  /**
   * Mounts a file system.
   *
   * @param source a device, directory or word, as the file system wants it
   * @param data options of the file system, separated by commas; less than a page
   */
  public static void mount(
      String source, Path target, String type, Set<MountFlag> flags, String data)
      throws LinuxException {
    MountCalls.mount(source, target.toString(), type, MountFlag.bits(flags), data);
  }

  /** Shows {@code source}, a file or directory, at {@code target} as well. */
  public static void bind(Path source, Path target, boolean recursive) throws LinuxException {
    Set<MountFlag> flags = EnumSet.of(MountFlag.BIND);
    if (recursive) {
      flags.add(MountFlag.RECURSIVE);
    }
    mount(source.toString(), target, "", flags, "");
  }

  /** Sets the flags of a bind mount anew, for instance to make it read-only. */
  public static void remountBind(Path target, Set<MountFlag> flags) throws LinuxException {
    var all = EnumSet.of(MountFlag.BIND, MountFlag.REMOUNT);
    all.addAll(flags);
    mount("none", target, "", all, "");
  }

  /**
   * Sets how mounts and unmounts below {@code target} spread.
   *
   * @param propagation one of PRIVATE, SHARED, SLAVE, UNBINDABLE
   */
  public static void propagation(Path target, MountFlag propagation, boolean recursive)
      throws LinuxException {
    Set<MountFlag> flags = EnumSet.of(propagation);
    if (recursive) {
      flags.add(MountFlag.RECURSIVE);
    }
    mount("none", target, "", flags, "");
  }

  /**
   * Unmounts.
   *
   * @throws LinuxException EINVAL if nothing is mounted there, ENOENT, EBUSY
   */
  public static void unmount(Path target, UnmountFlag... flags) throws LinuxException {
    MountCalls.umount2(target.toString(), UnmountFlag.bits(Set.of(flags)));
  }

  /**
   * Detaches everything mounted on {@code target}, however often, without following a symbolic
   * link; does nothing if the target is missing or no mount point. For teardown.
   *
   * @return how many mounts were there
   */
  @CanIgnoreReturnValue
  public static int detachAll(Path target) throws LinuxException {
    for (int count = 0; ; count++) {
      try {
        unmount(target, UnmountFlag.DETACH, UnmountFlag.NO_FOLLOW);
      } catch (LinuxException e) {
        if (e.is(Errno.EINVAL, Errno.ENOENT, Errno.ENOTDIR)) {
          return count;
        }
        throw e;
      }
    }
  }
}
