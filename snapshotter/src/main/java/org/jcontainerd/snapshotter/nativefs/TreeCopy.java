package org.jcontainerd.snapshotter.nativefs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.FileStat;
import org.jcontainerd.linux.fs.FileType;
import org.jcontainerd.snapshotter.layer.LayerException;
import org.jcontainerd.snapshotter.layer.Whiteout;

/**
 * Copies a tree onto another, with owners, modes, times, attributes and hard links. Confined to one
 * thread.
 *
 * <p>What overlayfs takes as removed, is: a whiteout of the source removes its name from the
 * target, an opaque directory replaces the target's. Goes by descriptors and follows no link.
 */
final class TreeCopy {
  private static final int DEEPEST = 1000;
  private static final int BUFFER = 256 * 1024;

  private final Map<Long, Directory> linkDirectories = new HashMap<>();
  private final Map<Long, String> linkNames = new HashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

  /** Copies everything in {@code from} into {@code to}; both stay open. */
  static void contents(Directory from, Directory to) throws IOException {
    var copy = new TreeCopy();
    try {
      copy.copyAll(from, to, 0);
    } finally {
      copy.linkDirectories.values().forEach(Directory::close);
    }
  }

  private void copyAll(Directory from, Directory to, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new LayerException("tree is deeper than " + DEEPEST + " directories");
    }
    for (var name : from.list()) {
      var stat = from.stat(name);
      if (stat.isPresent()) {
        copy(from, to, name, stat.get(), depth);
      }
    }
  }

  private void copy(Directory from, Directory to, String name, FileStat stat, int depth)
      throws IOException {
    if (Whiteout.is(stat)) {
      to.removeTree(name);
      return;
    }
    var there = to.stat(name);
    boolean merges =
        stat.isDirectory()
            && there.filter(FileStat::isDirectory).isPresent()
            && from.attributes(name).get(Whiteout.OPAQUE).isEmpty();
    if (there.isPresent() && !merges) {
      to.removeTree(name);
    }
    if (stat.isDirectory()) {
      if (!merges) {
        to.makeDirectory(name, 0700);
      }
      try (var source = from.openDirectory(name);
          var target = to.openDirectory(name)) {
        copyAll(source, target, depth + 1);
      }
    } else if (!link(to, name, stat)) {
      make(from, to, name, stat);
      remember(to, name, stat);
    }
    attributes(from, to, name, stat);
  }

  /** Makes a further name of a file that was copied before. */
  private boolean link(Directory to, String name, FileStat stat) throws LinuxException {
    var directory = linkDirectories.get(stat.inode());
    if (stat.links() == 1 || directory == null) {
      return false;
    }
    to.makeHardLink(name, directory, linkNames.getOrDefault(stat.inode(), name));
    return true;
  }

  private void remember(Directory to, String name, FileStat stat) throws LinuxException {
    if (stat.links() > 1) {
      linkDirectories.put(stat.inode(), Directory.adopt(to.fd().duplicate()));
      linkNames.put(stat.inode(), name);
    }
  }

  private void make(Directory from, Directory to, String name, FileStat stat) throws IOException {
    switch (stat.type()) {
      case REGULAR -> {
        try (var source = from.openFile(name);
            var target = to.createFile(name, 0600)) {
          while (source.read(buffer.clear()) >= 0) {
            target.writeFully(buffer.flip());
          }
        }
      }
      case SYMBOLIC_LINK -> to.makeSymbolicLink(name, from.readSymbolicLink(name));
      case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO, SOCKET ->
          to.makeNode(name, stat.type(), 0, stat.device());
      case DIRECTORY -> throw new IllegalArgumentException("'" + name + "' is a directory");
    }
  }

  private static void attributes(Directory from, Directory to, String name, FileStat stat)
      throws LinuxException {
    to.changeOwner(name, stat.uid(), stat.gid());
    if (stat.type() != FileType.SYMBOLIC_LINK) {
      to.changeMode(name, stat.permissions());
    }
    var source = from.attributes(name);
    for (var key : source.names()) {
      var value = source.get(key);
      if (value.isPresent() && !key.equals(Whiteout.OPAQUE)) {
        try {
          to.attributes(name).set(key, value.get());
        } catch (LinuxException e) {
          if (!e.is(Errno.EOPNOTSUPP)) {
            throw e;
          }
          // the target's file system has none of this class
        }
      }
    }
    to.setTimes(name, stat.accessed(), stat.modified());
  }
}
