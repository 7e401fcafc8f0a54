package org.jcontainerd.snapshotter;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.FileStat;

/**
 * Counts the space of a tree; a file with several names once. Confined to one thread.
 *
 * <p>The tree may be a running container's: of any depth, and changing. So this is not recursive,
 * goes by descriptors, follows no link, enters no other file system, and passes over what vanishes.
 * Of a path deeper than {@value #DEEPEST} directories the upper ones are closed and opened again on
 * the way back.
 */
final class TreeUsage {
  private static final int DEEPEST = 64;

  private final Set<Long> linked = new HashSet<>();
  private final List<Level> levels = new ArrayList<>();
  private long bytes;
  private long inodes;

  private static final class Level {
    private final String name;
    private final FileStat stat;
    private final Deque<String> pending;
    private Directory directory;

    Level(String name, Directory directory) throws LinuxException {
      this.name = name;
      this.directory = directory;
      this.stat = FileStat.of(directory.fd());
      this.pending = new ArrayDeque<>(directory.list());
    }
  }

  private TreeUsage() {}

  static Usage of(Directory tree) throws LinuxException {
    var counter = new TreeUsage();
    counter.count(FileStat.of(tree.fd()));
    var top = new Level("", tree);
    counter.levels.add(top);
    try {
      counter.run();
    } finally {
      counter.levels.stream().skip(1).forEach(level -> level.directory.close());
    }
    return new Usage(counter.bytes, counter.inodes);
  }

  private void run() throws LinuxException {
    while (true) {
      var level = levels.getLast();
      var name = level.pending.poll();
      if (name != null) {
        visit(level, name);
      } else if (levels.size() == 1) {
        return;
      } else {
        levels.removeLast().directory.close();
        if (!levels.getLast().directory.fd().isOpen()) {
          reopen();
        }
      }
    }
  }

  private void visit(Level level, String name) throws LinuxException {
    var stat = level.directory.stat(name);
    if (stat.isEmpty()) {
      return;
    }
    if (stat.get().isDirectory() || stat.get().links() == 1 || linked.add(stat.get().inode())) {
      count(stat.get());
    }
    if (stat.get().isDirectory() && stat.get().fileSystem().equals(level.stat.fileSystem())) {
      enter(level, name);
    }
  }

  private void count(FileStat stat) {
    bytes += stat.allocatedBytes();
    inodes++;
  }

  private void enter(Level level, String name) throws LinuxException {
    try {
      levels.add(new Level(name, level.directory.openDirectory(name)));
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
        return; // removed or replaced since it was seen
      }
      throw e;
    }
    int far = levels.size() - 1 - DEEPEST;
    if (far > 0) {
      levels.get(far).directory.close();
    }
  }

  /** Opens the last levels again, from the top; those that are no longer there are left out. */
  private void reopen() throws LinuxException {
    int keep = Math.max(1, levels.size() - DEEPEST);
    var above = levels.getFirst().directory;
    for (int i = 1; i < levels.size(); i++) {
      var level = levels.get(i);
      Directory opened;
      try {
        opened = above.openDirectory(level.name);
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
          throw e;
        }
        levels.subList(i, levels.size()).clear();
        return;
      }
      level.directory = opened;
      if (i > 1 && i <= keep) {
        above.close();
      }
      above = opened;
    }
  }
}
