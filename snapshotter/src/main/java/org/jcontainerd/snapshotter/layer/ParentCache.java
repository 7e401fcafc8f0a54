package org.jcontainerd.snapshotter.layer;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.ContainerPath;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.RootDir;

/**
 * Open directories of a layer by their paths. Archives go through a tree directory by directory, so
 * nearly every entry finds its parent here and no path is resolved for it. Confined to one thread.
 *
 * <p>A path is resolved as if the layer's directory were the root of the system: a symbolic link on
 * the way, which an earlier entry may have made, leads somewhere inside. The meaning of a cached
 * path changes only when a directory or a link is replaced; {@link #clear} forgets all.
 */
final class ParentCache implements AutoCloseable {
  private static final int CAPACITY = 32;

  private final RootDir root;
  private final Directory top;
  private final Set<String> implied = new LinkedHashSet<>();
  private final Map<String, Directory> open = new LinkedHashMap<>(64, 0.75f, true);

  /** Takes the root over. */
  ParentCache(RootDir root) throws LinuxException {
    this.root = root;
    this.top = root.directory(ContainerPath.ROOT);
  }

  /** The directory with that path; made, with those above it, if nothing is there. */
  Directory get(String path) throws LinuxException, LayerException {
    if (path.isEmpty()) {
      return top;
    }
    var cached = open.get(path);
    if (cached != null) {
      return cached;
    }
    return keep(path, resolve(path));
  }

  /** As {@link #get}, but makes nothing. */
  Directory existing(String path) throws LinuxException {
    if (path.isEmpty()) {
      return top;
    }
    var cached = open.get(path);
    return cached != null ? cached : keep(path, root.directory(ContainerPath.of(path)));
  }

  private Directory keep(String path, Directory found) {
    evict();
    open.put(path, found);
    return found;
  }

  private Directory resolve(String path) throws LinuxException, LayerException {
    try {
      return root.directory(ContainerPath.of(path));
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT)) {
        throw notADirectory(path, e);
      }
    }
    int slash = path.lastIndexOf('/');
    var parent = get(slash < 0 ? "" : path.substring(0, slash));
    var name = path.substring(slash + 1);
    try {
      parent.makeDirectory(name, 0755);
      parent.changeMode(name, 0755);
      boolean _ = implied.add(path);
      return parent.openDirectory(name);
    } catch (LinuxException e) {
      // a link that leads nowhere stands there: ENOENT above, EEXIST here
      throw notADirectory(path, e);
    }
  }

  /** Turns what the archive is guilty of into its failure; a full disk is not. */
  private static LinuxException notADirectory(String path, LinuxException e) throws LayerException {
    if (e.is(Errno.ENOTDIR, Errno.ELOOP, Errno.EEXIST, Errno.ENAMETOOLONG)) {
      throw new LayerException("parent '" + path + "' is no directory: " + e.getMessage(), e);
    }
    return e;
  }

  /** Directories that were made without an entry, parents first. */
  List<String> implied() {
    return List.copyOf(implied);
  }

  /** An entry describes a directory that may have been made before without one. */
  void described(String path) {
    boolean _ = implied.remove(path);
  }

  private void evict() {
    if (open.size() >= CAPACITY) {
      Iterator<Directory> eldest = open.values().iterator();
      eldest.next().close();
      eldest.remove();
    }
  }

  void clear() {
    open.values().forEach(Directory::close);
    open.clear();
  }

  @Override
  public void close() {
    clear();
    top.close();
    root.close();
  }
}
