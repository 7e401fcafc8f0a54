package org.jcontainerd.snapshotter.overlayfs;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.snapshotter.Mount;
import org.jcontainerd.snapshotter.SnapshotDirectories;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKind;
import org.jcontainerd.snapshotter.SnapshotLedger;
import org.jcontainerd.snapshotter.SnapshotStore.SnapshotRecord;

/**
 * Says how to mount a stack of directories. Immutable.
 *
 * <p>mount(2) takes one page of options. A stack whose paths do not fit is named by short links,
 * {@code (links)/(number)}, made when first needed.
 */
final class OverlayMounts {
  /** A page, less what the caller may add ("ro", SELinux labels). */
  private static final int OPTIONS_LIMIT = 4096 - 256;

  private static final Path INDEX_PARAMETER = Path.of("/sys/module/overlay/parameters/index");

  private final SnapshotDirectories directories;
  private final Path links;
  private final List<String> fixedOptions;

  private OverlayMounts(SnapshotDirectories directories, Path links, List<String> fixedOptions) {
    this.directories = directories;
    this.links = links;
    this.fixedOptions = fixedOptions;
  }

  static OverlayMounts open(SnapshotDirectories directories, Path links) throws IOException {
    // with the index an upper directory that was mounted with other lower ones is refused with
    // ESTALE (kernel, filesystems/overlayfs.rst, "Sharing and copying layers"); kernels without
    // this parameter do not know the option
    var fixed = Files.exists(INDEX_PARAMETER) ? List.of("index=off") : List.<String>of();
    var mounts = new OverlayMounts(directories, links, fixed);
    var _ = Files.createDirectories(mounts.links);
    return mounts;
  }

  List<Mount> of(SnapshotLedger.Stack stack) throws SnapshotFailure {
    var top = stack.top();
    boolean writable = top.snapshot().kind() == SnapshotKind.ACTIVE;
    var below = stack.below();
    if (below.isEmpty()) {
      return List.of(bind(top, writable));
    }
    if (!writable && below.size() == 1) {
      return List.of(bind(below.getFirst(), false));
    }
    var options = options(top, below, writable, number -> directories.tree(number).toString());
    if (String.join(",", options).length() > OPTIONS_LIMIT) {
      link(stack);
      options = options(top, below, writable, number -> links.resolve("" + number).toString());
    }
    return List.of(new Mount("overlay", "overlay", options));
  }

  private Mount bind(SnapshotRecord snapshot, boolean writable) {
    return new Mount(
        "bind",
        directories.tree(snapshot.number()).toString(),
        List.of(writable ? "rw" : "ro", "rbind"));
  }

  private List<String> options(
      SnapshotRecord top, List<SnapshotRecord> below, boolean writable, LongFunction<String> path) {
    var options = new ArrayList<>(fixedOptions);
    if (writable) {
      options.add("workdir=" + directories.work(top.number()));
      options.add("upperdir=" + directories.tree(top.number()));
    }
    var lower = below.stream().map(record -> path.apply(record.number())).toList();
    options.add("lowerdir=" + String.join(":", lower));
    return options;
  }

  private void link(SnapshotLedger.Stack stack) throws SnapshotFailure {
    for (var snapshot : stack.below()) {
      try {
        Path _ =
            Files.createSymbolicLink(
                links.resolve(Long.toString(snapshot.number())),
                directories.tree(snapshot.number()));
      } catch (FileAlreadyExistsException e) {
        // made for another stack; numbers never change their meaning
      } catch (IOException e) {
        throw new SnapshotFailure.Storage("link", stack.top().key(), e);
      }
    }
  }

  void removeLinksBut(Set<Long> numbers) throws IOException {
    try (var directory = Directory.open(links)) {
      for (var name : directory.list()) {
        if (numbers.stream().noneMatch(number -> name.equals(Long.toString(number)))) {
          boolean _ = directory.remove(name);
        }
      }
    }
  }
}
