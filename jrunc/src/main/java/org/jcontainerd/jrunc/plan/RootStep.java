package org.jcontainerd.jrunc.plan;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Steps of the new process that build its view of the file system. */
public sealed interface RootStep extends Step {

  /**
   * Sets how mount events travel.
   *
   * @param path before {@link Root} a path of the host, afterwards a container path
   */
  record Propagate(String path, Propagation propagation, boolean recursive) implements RootStep {}

  /**
   * Binds a host directory to itself and makes it the root for container paths.
   *
   * @param path on the host
   * @param recursive takes the mounts below it along
   * @param tree the same, opened by {@link ParentStep.OpenTree}: where a user namespace cannot
   *     reach the path, so that the process has to {@linkplain ParentStep.BeginIn begin} there; its
   *     mounts become slaves of the host's
   */
  record Root(String path, boolean recursive, Optional<Slot> tree) implements RootStep {
    public Root(String path, boolean recursive) {
      this(path, recursive, Optional.empty());
    }
  }

  /** Where a bind mount comes from. */
  sealed interface Source {
    /** A path of the host, opened in the new mount namespace. */
    record HostPath(String path) implements Source {}

    /** A detached mount from {@link ParentStep.OpenTree} or from the starter. */
    record Tree(Slot tree) implements Source {}
  }

  /**
   * Binds a file or directory; a missing target is created (directories 0755, files 0644).
   *
   * @param target container path
   * @param recursive takes submounts along
   * @param set attributes of the top mount
   * @param clear attributes of the top mount
   * @param recursiveSet attributes of all mounts (rro, rnosuid, ...)
   * @param recursiveClear attributes of all mounts
   * @param propagation of the new mount; with {@code recursive} of all of them
   */
  record Bind(
      Source source,
      String target,
      boolean recursive,
      Set<MountAttribute> set,
      Set<MountAttribute> clear,
      Set<MountAttribute> recursiveSet,
      Set<MountAttribute> recursiveClear,
      Propagation propagation)
      implements RootStep {
    public Bind {
      set = Set.copyOf(set);
      clear = Set.copyOf(clear);
      recursiveSet = Set.copyOf(recursiveSet);
      recursiveClear = Set.copyOf(recursiveClear);
    }

    /** A bind mount with attributes and nothing else. */
    public static Bind of(Source source, String target, boolean recursive, MountAttribute... set) {
      return new Bind(
          source,
          target,
          recursive,
          Set.of(set),
          Set.of(),
          Set.of(),
          Set.of(),
          Propagation.UNCHANGED);
    }
  }

  /**
   * Mounts a new file system; a missing target is created as a directory. With an option that
   * fsconfig(2) has no room for, such as many lower directories, it goes the way of mount(2), which
   * knows neither {@code propagation} nor {@code copyUp}.
   *
   * @param target container path
   * @param options of the file system, {@code key} or {@code key=value}; also {@code ro}, {@code
   *     sync}, {@code dirsync}, {@code lazytime}
   * @param copyUp copies what the target held into the new file system ({@code tmpcopyup})
   */
  record Mount(
      String type,
      String source,
      String target,
      Set<MountAttribute> attributes,
      List<String> options,
      Propagation propagation,
      boolean copyUp)
      implements RootStep {
    private static final int FSCONFIG_BYTES = 256;

    public Mount {
      attributes = Set.copyOf(attributes);
      options = List.copyOf(options);
    }

    /** Whether fsconfig(2) takes every option: it wants less than 256 bytes. */
    boolean fitsFsconfig() {
      return options.stream()
          .allMatch(o -> o.getBytes(StandardCharsets.UTF_8).length < FSCONFIG_BYTES);
    }

    /** A file system without propagation or copy. */
    public static Mount of(
        String type,
        String source,
        String target,
        Set<MountAttribute> attributes,
        String... options) {
      return new Mount(
          type, source, target, attributes, List.of(options), Propagation.UNCHANGED, false);
    }
  }

  /** Changes attributes of the mount that a container path is on (mount_setattr). */
  record SetAttributes(
      String path, boolean recursive, Set<MountAttribute> set, Set<MountAttribute> clear)
      implements RootStep {
    public SetAttributes {
      set = Set.copyOf(set);
      clear = Set.copyOf(clear);
    }
  }

  /** Creates a directory and its parents; the mode applies to the last if it was missing. */
  record Mkdir(String path, int mode) implements RootStep {}

  /** Creates a device node, replacing nothing: the same node is taken as it is. */
  record Mknod(String path, Kind kind, int mode, int major, int minor, int uid, int gid)
      implements RootStep {
    /** Kind of node, with its S_IF* bits. */
    public enum Kind {
      CHARACTER(0020000),
      BLOCK(0060000),
      FIFO(0010000);

      private final int bits;

      Kind(int bits) {
        this.bits = bits;
      }

      int bits() {
        return bits;
      }
    }
  }

  /** Creates a symbolic link; one that exists is left alone. */
  record Symlink(String target, String path) implements RootStep {}

  /**
   * Hides a container path: a file behind /dev/null, a directory behind an empty read-only tmpfs.
   * Missing is fine.
   */
  record Mask(String path) implements RootStep {}

  /**
   * Makes a container path and everything below it read-only by binding it to itself. Missing is
   * fine.
   */
  record ReadOnly(String path) implements RootStep {}

  /** pivot_root(2) by descriptors; the old root is detached. */
  record Pivot() implements RootStep {}

  /** For roots on which pivot_root fails (initramfs): moves the root mount over /, then chroot. */
  record MoveRoot() implements RootStep {}

  /**
   * Only chroot(2), instead of {@link Root} and {@link Pivot}, for processes without a mount
   * namespace of their own.
   *
   * @param path on the host
   */
  record Chroot(String path) implements RootStep {}

  /**
   * Opens a pty from the container's devpts, makes it the controlling terminal (needs {@link
   * EitherStep.Session} before) and descriptors 0, 1 and 2.
   *
   * @param rows 0 leaves the size alone
   * @param columns 0 leaves the size alone
   * @param consoleSocket gets the master by SCM_RIGHTS, as runc's {@code --console-socket}; empty
   *     means that the keeper holds it
   * @param bindConsole binds the pty on {@code /dev/console}
   */
  record Terminal(int rows, int columns, Optional<Slot> consoleSocket, boolean bindConsole)
      implements RootStep {}
}
