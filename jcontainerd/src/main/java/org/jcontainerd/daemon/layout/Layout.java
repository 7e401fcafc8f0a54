package org.jcontainerd.daemon.layout;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jcontainerd.daemon.record.Ids;

/**
 * Where everything of the daemon is; nobody else builds these paths. Ids become names of files, so
 * only ids of ours are accepted.
 *
 * @param namespace of all CRI tasks
 */
public record Layout(Path root, Path state, String namespace) {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> PASSAGE =
      PosixFilePermissions.fromString("rwx--x--x");

  /** Makes the directories that hold others, with the modes of CVE-2021-41103 and -2024-25621. */
  public void create() throws IOException {
    directory(root, PRIVATE);
    directory(state, PASSAGE);
    directory(netnsDirectory(), PASSAGE);
    directory(podsDirectory(), PRIVATE);
    directory(bundlesDirectory(), PRIVATE);
    directory(pauseRoot(), PRIVATE);
  }

  public Path database() {
    return root.resolve("metadata.db");
  }

  /** The root of every pod's own process; the helper is {@code pause} in it. */
  public Path pauseRoot() {
    return root.resolve("pause");
  }

  public Path netnsDirectory() {
    return state.resolve("netns");
  }

  public Path netns(String sandboxId) {
    return netnsDirectory().resolve(checked(sandboxId));
  }

  public Path podsDirectory() {
    return state.resolve("pods");
  }

  /** A pod's hosts, hostname, resolv.conf and shm. */
  public Path pod(String sandboxId) {
    return podsDirectory().resolve(checked(sandboxId));
  }

  public Path bundlesDirectory() {
    return state.resolve("io.containerd.runtime.v2.task").resolve(namespace);
  }

  public Path bundle(String id) {
    return bundlesDirectory().resolve(checked(id));
  }

  /** The ids that have an entry in {@code directory}; other names are not ours. */
  public static List<String> idsIn(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(p -> String.valueOf(p.getFileName())).filter(Ids::isId).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Makes a directory that only we may enter; its parent exists. */
  public static void privateDirectory(Path path) throws IOException {
    Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PRIVATE));
  }

  /**
   * Removes a tree, links not followed; nothing there is success. Never crosses into a mount: the
   * kernel answers EBUSY for the mount point, and the caller unmounts first.
   */
  public static void removeTree(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    var failures = new ArrayList<IOException>();
    var _ =
        Files.walkFileTree(
            tree,
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                return delete(file);
              }

              @Override
              public FileVisitResult visitFileFailed(Path file, IOException e) {
                if (!(e instanceof NoSuchFileException)) {
                  failures.add(e);
                }
                return FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult postVisitDirectory(
                  Path directory, @org.jspecify.annotations.Nullable IOException e) {
                return delete(directory);
              }

              private FileVisitResult delete(Path path) {
                try {
                  Files.deleteIfExists(path);
                } catch (IOException e) {
                  failures.add(e);
                }
                return FileVisitResult.CONTINUE;
              }
            });
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  private static String checked(String id) {
    if (!Ids.isId(id)) {
      throw new IllegalArgumentException("id '" + id + "': is not 64 hex digits");
    }
    return id;
  }

  private static void directory(Path path, Set<PosixFilePermission> mode) throws IOException {
    Files.createDirectories(path);
    Files.setPosixFilePermissions(path, mode);
  }
}
