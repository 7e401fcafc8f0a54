package org.jcontainerd.snapshotter.layer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.DeviceNumber;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.FileRange;
import org.jcontainerd.linux.fs.FileType;
import org.jcontainerd.linux.fs.RootDir;

/**
 * The tree of one layer as it grows, in overlayfs' terms. Confined to one thread.
 *
 * <p>A later entry replaces an earlier one of the same name, except that a directory stays and only
 * changes its attributes. Whiteouts speak of the layers below, never of this one (image-spec,
 * layer.md, "Whiteouts"): a name that this layer brings itself stays, whichever of the two comes
 * first.
 */
final class LayerTree implements AutoCloseable {
  private static final String PREFIX = ".wh.";
  private static final String OPAQUE_WHITEOUT = ".wh..wh..opq";
  private static final int BUFFER = 256 * 1024;

  private final Directory holder;
  private final String root;
  private final ParentCache parents;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

  /** Times of directories, set at the end: every entry made inside changes them. */
  private final Map<String, Instant> times = new LinkedHashMap<>();

  /** Opens the tree whose root is an empty directory. */
  static LayerTree open(Path root) throws IOException {
    var holder = Directory.open(root.resolve(".."));
    try {
      return new LayerTree(holder, String.valueOf(root.getFileName()), RootDir.open(root));
    } catch (LinuxException e) {
      holder.close();
      throw e;
    }
  }

  private LayerTree(Directory holder, String root, RootDir opened) throws LinuxException {
    this.holder = holder;
    this.root = root;
    this.parents = new ParentCache(opened);
  }

  void add(TarEntry entry, TarReader content) throws IOException {
    var path = EntryPath.of(entry.name());
    try {
      if (path.isRoot()) {
        describeRoot(entry);
      } else if (path.name().startsWith(PREFIX)) {
        whiteout(path, entry);
      } else {
        make(path, entry, content);
      }
    } catch (LinuxException e) {
      throw blame(path, e);
    }
  }

  /** Errors that follow from what the archive says are its failure; others are the disk's. */
  private static IOException blame(EntryPath path, LinuxException e) {
    if (e.is(
        Errno.ENOTDIR, Errno.EISDIR, Errno.ELOOP, Errno.ENAMETOOLONG, Errno.EINVAL, Errno.EMLINK)) {
      return new LayerException("entry '" + path.whole() + "': " + e.getMessage(), e);
    }
    return e;
  }

  private void describeRoot(TarEntry entry) throws IOException {
    if (entry.type() == TarEntry.Type.DIRECTORY) {
      setAttributes(holder, root, entry);
      holder.changeOwner(root, uid(entry), gid(entry));
      holder.changeMode(root, entry.mode());
      times.put("", entry.modified());
    }
  }

  private void make(EntryPath path, TarEntry entry, TarReader content) throws IOException {
    switch (entry.type()) {
      case FILE -> makeFile(path, entry, content);
      case DIRECTORY -> makeDirectory(path, entry);
      case SYMLINK -> {
        replacing(path, (parent, name) -> parent.makeSymbolicLink(name, entry.linkName()));
        finishEntry(path, entry, false);
      }
      case HARD_LINK -> makeHardLink(path, entry);
      case CHARACTER_DEVICE -> makeNode(path, entry, FileType.CHARACTER_DEVICE);
      case BLOCK_DEVICE -> makeNode(path, entry, FileType.BLOCK_DEVICE);
      case FIFO -> makeNode(path, entry, FileType.FIFO);
      case OTHER ->
          throw LayerException.of(entry.name(), "has unknown type flag " + (int) entry.typeFlag());
    }
  }

  /**
   * The directory that holds an entry. Asked for anew after every call that may replace something:
   * that closes what the cache has.
   */
  private Directory parent(EntryPath path) throws IOException {
    return parents.get(path.parent());
  }

  /** Makes an entry that may have to take the place of another. */
  private void replacing(EntryPath path, Maker maker) throws IOException {
    try {
      maker.make(parent(path), path.name());
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
      remove(path);
      maker.make(parent(path), path.name());
    }
  }

  /** Makes room for another entry of that name. */
  private void remove(EntryPath path) throws IOException {
    var parent = parent(path);
    var status = parent.stat(path.name());
    parent.removeTree(path.name());
    if (status.isPresent()
        && (status.get().isDirectory() || status.get().type() == FileType.SYMBOLIC_LINK)) {
      parents.clear(); // paths through it may lead elsewhere now
    }
  }

  private void makeFile(EntryPath path, TarEntry entry, TarReader content) throws IOException {
    try (var file = createFile(path)) {
      write(file, entry, content);
    }
    finishEntry(path, entry, true);
  }

  private Fd createFile(EntryPath path) throws IOException {
    try {
      return parent(path).createFile(path.name(), 0600);
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
      remove(path);
      return parent(path).createFile(path.name(), 0600);
    }
  }

  private void write(Fd file, TarEntry entry, TarReader content) throws IOException {
    long end = 0;
    for (var extent : content.map().extents()) {
      end = extent.offset(); // what lies between is a hole
      long left = extent.length();
      while (left > 0) {
        var _ = buffer.clear();
        while (buffer.hasRemaining() && left > 0) {
          left -= content.read(buffer, left);
        }
        buffer.flip();
        int size = buffer.remaining();
        FileRange.writeFully(file, buffer, end);
        end += size;
      }
    }
    if (end != entry.size()) {
      FileRange.truncate(file, entry.size()); // a hole at the end
    }
  }

  private void makeDirectory(EntryPath path, TarEntry entry) throws IOException {
    boolean hides = false;
    try {
      parent(path).makeDirectory(path.name(), 0700);
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
      var there = parent(path).stat(path.name());
      if (there.isPresent() && !there.get().isDirectory()) {
        hides = Whiteout.is(there.get());
        remove(path);
        parent(path).makeDirectory(path.name(), 0700);
      }
    }
    finishEntry(path, entry, true);
    times.put(path.whole(), entry.modified());
    parents.described(path.whole());
    if (hides) {
      // the whiteout removes what the layers below have there; a directory would show it again
      parent(path).attributes(path.name()).set(Whiteout.OPAQUE, Whiteout.yes());
    }
  }

  private void makeNode(EntryPath path, TarEntry entry, FileType kind) throws IOException {
    replacing(
        path,
        (parent, name) ->
            parent.makeNode(
                name, kind, 0, new DeviceNumber(entry.deviceMajor(), entry.deviceMinor())));
    finishEntry(path, entry, true);
  }

  private void makeHardLink(EntryPath path, TarEntry entry) throws IOException {
    var target = EntryPath.of(entry.linkName());
    if (target.isRoot() || target.equals(path)) {
      throw LayerException.of(entry.name(), "is a hard link to itself or to the root");
    }
    try {
      // both directories are asked for in this order so that neither pushes the other out
      replacing(
          path,
          (_, name) -> {
            var from = parent(target);
            parent(path).makeHardLink(name, from, target.name());
          });
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT, Errno.EPERM)) {
        throw new LayerException(
            "entry '%s': hard link to '%s', which is no file of this layer"
                .formatted(path.whole(), target.whole()),
            e);
      }
      throw e;
    }
  }

  private void whiteout(EntryPath path, TarEntry entry) throws IOException {
    var name = path.name().substring(PREFIX.length());
    var parent = parent(path);
    if (path.name().equals(OPAQUE_WHITEOUT)) {
      var directory = EntryPath.of(path.parent());
      var holding = directory.isRoot() ? holder : parent(directory);
      holding
          .attributes(directory.isRoot() ? root : directory.name())
          .set(Whiteout.OPAQUE, Whiteout.yes());
      return;
    }
    if (name.startsWith(PREFIX)) {
      return; // bookkeeping of aufs, such as .wh..wh.plnk, which no other file system has
    }
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw LayerException.of(entry.name(), "is a whiteout of no name");
    }
    var there = parent.stat(name);
    if (there.isEmpty()) {
      parent.makeNode(name, FileType.CHARACTER_DEVICE, 0, Whiteout.DEVICE);
      parent.changeOwner(name, uid(entry), gid(entry));
    } else if (there.get().isDirectory()) {
      // the layer brings a directory in place of what is removed: nothing below may show through
      parent.attributes(name).set(Whiteout.OPAQUE, Whiteout.yes());
    }
  }

  /** Sets owner, mode, attributes and time of an entry. */
  private void finishEntry(EntryPath path, TarEntry entry, boolean hasMode) throws IOException {
    var parent = parent(path);
    var name = path.name();
    // in this order: a change of the owner clears set-user-id and capabilities
    parent.changeOwner(name, uid(entry), gid(entry));
    if (hasMode) {
      parent.changeMode(name, entry.mode());
    }
    if (!entry.xattrs().isEmpty()) {
      setAttributes(parent, name, entry);
    }
    if (entry.type() != TarEntry.Type.DIRECTORY) {
      parent.setTimes(name, entry.modified(), entry.modified());
    }
  }

  private static void setAttributes(Directory parent, String name, TarEntry entry)
      throws LinuxException {
    for (var attribute : entry.xattrs().entrySet()) {
      if (!AttributeFilter.accepts(attribute.getKey())) {
        continue;
      }
      try {
        parent.attributes(name).set(attribute.getKey(), attribute.getValue());
      } catch (LinuxException e) {
        // user.* on a link or a device, ACLs on a file system without them
        if (!e.is(Errno.EOPNOTSUPP, Errno.EPERM)) {
          throw e;
        }
      }
    }
  }

  private static int uid(TarEntry entry) throws LayerException {
    return id(entry.uid(), entry);
  }

  private static int gid(TarEntry entry) throws LayerException {
    return id(entry.gid(), entry);
  }

  /** Ids are 32 bits; the highest means "leave it" to chown(2). */
  private static int id(long value, TarEntry entry) throws LayerException {
    if (value < 0 || value >= 0xffffffffL) {
      throw LayerException.of(entry.name(), "has owner " + value + ", must be below 4294967295");
    }
    return (int) value;
  }

  /** Sets what can only be set when nothing more is made: the times of directories. */
  void finish() throws IOException {
    for (var directory : times.entrySet()) {
      var path = EntryPath.of(directory.getKey());
      var time = directory.getValue();
      if (path.isRoot()) {
        holder.setTimes(root, time, time);
        continue;
      }
      try {
        parents.existing(path.parent()).setTimes(path.name(), time, time);
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
          throw e;
        }
        // a later entry has replaced it
      }
    }
  }

  List<String> implied() {
    return parents.implied();
  }

  @Override
  public void close() {
    parents.close();
    holder.close();
  }

  /** Makes an entry. */
  @FunctionalInterface
  private interface Maker {
    void make(Directory parent, String name) throws IOException;
  }
}
