package org.jcontainerd.linux.fs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.DirectoryCalls;
import org.jcontainerd.linux.sys.DirectoryCalls.Dirent;
import org.jcontainerd.linux.sys.FileCalls;
import org.jspecify.annotations.Nullable;

/**
 * Removes a tree that somebody hostile may have made and may still be changing.
 *
 * <p>Goes by descriptors and follows no link; never goes into another mount, which fails with EXDEV
 * and stays, with the directories above it; keeps at most {@value #DEEPEST} directories open: what
 * lies deeper is first moved up to the top. Everything that can be removed is, and then the first
 * failure is thrown with the others as suppressed. Confined to one call.
 */
final class TreeRemoval {
  static final int DEEPEST = 64;
  private static final int MOST_REPORTED = 16;

  private record Level(Directory directory, Deque<Dirent> left, Optional<String> name) {}

  private final Directory base;
  private final Deque<Level> levels = new ArrayDeque<>();
  private @Nullable LinuxException failure;
  private int moved;

  TreeRemoval(Directory base) {
    this.base = base;
  }

  void remove(String name) throws LinuxException {
    try {
      if (!removeEntry(base, new Dirent(name, DirectoryCalls.DT_UNKNOWN))) {
        return;
      }
      while (!levels.isEmpty()) {
        step(levels.peek());
      }
    } finally {
      levels.forEach(level -> level.directory.close());
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Takes the next entry of a directory, or removes the directory when none is left. */
  private void step(Level level) throws LinuxException {
    Dirent next = level.left.poll();
    if (next != null) {
      attempt(() -> removeEntry(level.directory, next));
      return;
    }
    levels.pop().directory.close();
    Directory parent = levels.isEmpty() ? base : levels.peek().directory;
    attempt(() -> parent.removeDirectory(level.name.orElseThrow()));
  }

  /**
   * Removes what is no directory; opens what is one as the next level. Whether that was the case.
   */
  private boolean removeEntry(Directory in, Dirent entry) throws LinuxException {
    if (entry.dType() != DirectoryCalls.DT_DIR) {
      try {
        in.remove(entry.dName());
        return false;
      } catch (LinuxException e) {
        if (!e.is(Errno.EISDIR, Errno.EPERM)) { // EPERM: what POSIX wants for a directory
          throw e;
        }
        if (in.stat(entry.dName()).filter(FileStat::isDirectory).isEmpty()) {
          throw e;
        }
      }
    }
    if (levels.size() >= DEEPEST) {
      moveUp(in, entry.dName());
      return false;
    }
    return enter(in, entry.dName());
  }

  private boolean enter(Directory in, String name) throws LinuxException {
    int flags = FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC;
    try {
      int n =
          DirectoryCalls.openat2(in.fd().number(), name, flags, 0, DirectoryCalls.RESOLVE_NO_XDEV);
      Directory directory = Directory.adopt(Fd.adopt(n, in.fd().origin() + "/" + name));
      try {
        levels.push(new Level(directory, new ArrayDeque<>(directory.entries()), Optional.of(name)));
        return true;
      } catch (LinuxException e) {
        directory.close();
        throw e;
      }
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) { // somebody else removed it
        return false;
      }
      throw e;
    }
  }

  /** Moves a directory to the top of the tree and lists it there, to be removed later. */
  private void moveUp(Directory in, String name) throws LinuxException {
    Level top = levels.peekLast();
    String newName = ".removed-" + moved++;
    in.renameToNew(name, top.directory, newName);
    top.left.add(new Dirent(newName, DirectoryCalls.DT_DIR));
  }

  private interface Attempt {
    boolean run() throws LinuxException;
  }

  private void attempt(Attempt attempt) {
    try {
      var _ = attempt.run();
    } catch (LinuxException e) {
      if (failure == null) {
        failure = e;
      } else if (failure.getSuppressed().length < MOST_REPORTED) {
        failure.addSuppressed(e);
      }
    }
  }
}
