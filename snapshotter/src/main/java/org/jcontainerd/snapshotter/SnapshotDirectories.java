package org.jcontainerd.snapshotter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jcontainerd.linux.fs.Directory;

/**
 * The directories of snapshots. Immutable.
 *
 * <pre>
 *   (root)/snapshots/(number)/fs     the tree, or the difference to the parent
 *   (root)/snapshots/(number)/work   overlayfs' scratch directory
 *   (root)/snapshots/new-(uuid)      being made: has no record yet
 *   (root)/snapshots/rm-(number)     being removed: has no record any more; if it has one all the
 *                                    same, the removal was cut off before its transaction ended
 * </pre>
 */
public final class SnapshotDirectories {
  private static final String REMOVED = "rm-";

  private final Path root;
  private final Path snapshots;

  private SnapshotDirectories(Path root) {
    this.root = root;
    this.snapshots = root.resolve("snapshots");
  }

  /** Opens them; makes what is missing. Nobody but root may go through (CVE-2021-41103). */
  public static SnapshotDirectories open(Path root) throws IOException {
    var directories = new SnapshotDirectories(root);
    var onlyOwner = PosixFilePermissions.fromString("rwx------");
    var _ = Files.createDirectories(directories.snapshots);
    Path _ = Files.setPosixFilePermissions(root, onlyOwner);
    Path _ = Files.setPosixFilePermissions(directories.snapshots, onlyOwner);
    return directories;
  }

  public Path root() {
    return root;
  }

  public Path of(long number) {
    return snapshots.resolve(Long.toString(number));
  }

  public Path tree(long number) {
    return of(number).resolve("fs");
  }

  public Path work(long number) {
    return of(number).resolve("work");
  }

  /**
   * Makes a directory with these in it, all of them for root alone except {@code fs}, which is the
   * root of a container and as open as one.
   */
  public Path makeNew(String... children) throws IOException {
    var made = snapshots.resolve("new-" + UUID.randomUUID());
    try (var parent = Directory.open(snapshots)) {
      var name = String.valueOf(made.getFileName());
      parent.makeDirectory(name, 0700);
      try (var directory = parent.openDirectory(name)) {
        for (var child : children) {
          directory.makeDirectory(child, 0755);
          directory.changeMode(child, 0755); // whatever the umask
        }
      }
    }
    return made;
  }

  /** Gives a new directory its number. */
  public void keep(Path made, long number) throws IOException {
    Path _ = Files.move(made, of(number), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Takes the number away; the directory is to be deleted. */
  public Path detach(long number) throws IOException {
    var detached = snapshots.resolve(REMOVED + number);
    Path _ = Files.move(of(number), detached, StandardCopyOption.ATOMIC_MOVE);
    return detached;
  }

  /** Removes a directory with all that is in it. */
  public void delete(Path directory) throws IOException {
    try (var parent = Directory.open(snapshots)) {
      parent.removeTree(String.valueOf(directory.getFileName()));
    }
  }

  /** Removes every directory but these; takes back what was only about to be removed. */
  public List<String> deleteOthers(Set<Long> numbers) throws IOException {
    for (long number : numbers) {
      var detached = snapshots.resolve(REMOVED + number);
      if (Files.exists(detached, LinkOption.NOFOLLOW_LINKS)) {
        Path _ = Files.move(detached, of(number), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    var deleted = new ArrayList<String>();
    var known = new HashSet<String>();
    numbers.forEach(number -> known.add(Long.toString(number)));
    try (var parent = Directory.open(snapshots)) {
      for (var name : parent.list()) {
        if (!known.contains(name)) {
          parent.removeTree(name);
          deleted.add(name);
        }
      }
    }
    return deleted;
  }

  /** The space that a snapshot's tree takes. */
  public Usage usage(long number) throws IOException {
    try (var tree = Directory.open(tree(number))) {
      return TreeUsage.of(tree);
    }
  }
}
