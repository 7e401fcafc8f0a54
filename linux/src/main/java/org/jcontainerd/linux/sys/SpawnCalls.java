package org.jcontainerd.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.jcontainerd.linux.sys.Native.capture;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jcontainerd.linux.LinuxException;

/** posix_spawn(3), of glibc 2.34 or later: clone(CLONE_VM | CLONE_VFORK), then execve. */
public final class SpawnCalls {
  // spawn.h
  static final int POSIX_SPAWN_SETSIGDEF = 4;
  static final int POSIX_SPAWN_SETSIGMASK = 8;
  static final int POSIX_SPAWN_SETSID = 0x80;
  static final int FILE_ACTIONS_SIZE = 80;
  static final int ATTR_SIZE = 336;
  static final int SIGSET_SIZE = 128;

  // signal.h, bits/sigaction.h
  static final int SIGCHLD = 17;
  static final int SIG_DFL = 0;
  static final int SIG_IGN = 1;
  static final int SA_NOCLDWAIT = 2;
  static final int SIGACTION_SIZE = 152;
  static final int SA_FLAGS = 136;

  private static final MemorySegment SPAWN = Native.function("posix_spawn");
  private static final MemorySegment ACTIONS_INIT = function("_file_actions_init");
  private static final MemorySegment ACTIONS_DESTROY = function("_file_actions_destroy");
  private static final MemorySegment ADD_DUP2 = function("_file_actions_adddup2");
  private static final MemorySegment ADD_CLOSE = function("_file_actions_addclose");
  private static final MemorySegment ADD_CLOSEFROM = function("_file_actions_addclosefrom_np");
  private static final MemorySegment ADD_CHDIR = function("_file_actions_addchdir_np");
  private static final MemorySegment ATTR_INIT = function("attr_init");
  private static final MemorySegment ATTR_DESTROY = function("attr_destroy");
  private static final MemorySegment ATTR_FLAGS = function("attr_setflags");
  private static final MemorySegment ATTR_MASK = function("attr_setsigmask");
  private static final MemorySegment ATTR_DEFAULT = function("attr_setsigdefault");

  /**
   * One thing that the child does before execve, in order. Each adds itself: a pattern switch would
   * cost its bootstrap at the first start of a program.
   */
  public sealed interface Action {
    /** The error number of adding it to {@code actions}. */
    int addTo(Arena arena, MemorySegment state, long actions);

    /** dup2(2); a number onto itself clears close-on-exec. */
    record Dup2(int fd, int newFd) implements Action {
      @Override
      public int addTo(Arena arena, MemorySegment state, long actions) {
        return call(ADD_DUP2, state, actions, fd, newFd);
      }
    }

    /** close(2); a number that is not open is no failure. */
    record Close(int fd) implements Action {
      @Override
      public int addTo(Arena arena, MemorySegment state, long actions) {
        return call(ADD_CLOSE, state, actions, fd, 0);
      }
    }

    /** Closes every descriptor from this number on. */
    record CloseFrom(int from) implements Action {
      @Override
      public int addTo(Arena arena, MemorySegment state, long actions) {
        return call(ADD_CLOSEFROM, state, actions, from, 0);
      }
    }

    /** chdir(2). */
    record Chdir(String path) implements Action {
      @Override
      public int addTo(Arena arena, MemorySegment state, long actions) {
        return call(ADD_CHDIR, state, actions, Memory.cString(arena, path), 0);
      }
    }
  }

  static {
    keepExitStatuses();
  }

  private SpawnCalls() {}

  /**
   * Undoes an ignored SIGCHLD, which a program inherits from its starter: with it the kernel reaps
   * children itself and their exit status is lost (waitpid(2), NOTES).
   */
  private static void keepExitStatuses() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment old = arena.allocate(SIGACTION_SIZE, 8);
      int rc = call(Native.function("sigaction"), state, SIGCHLD, 0, old.address());
      if (rc != 0) {
        throw new AssertionError("sigaction(SIGCHLD): errno " + Native.errno(state));
      }
      int[] fields = Memory.ints(old);
      boolean ignored = fields[0] == SIG_IGN && fields[1] == 0;
      if (ignored || (fields[SA_FLAGS / 4] & SA_NOCLDWAIT) != 0) {
        var _ = call(Native.function("signal"), state, SIGCHLD, SIG_DFL, 0);
      }
    }
  }

  private static MemorySegment function(String name) {
    return Native.function("posix_spawn" + name);
  }

  /**
   * {@code int posix_spawn(pid_t *pid, const char *path, const file_actions, const attr, argv,
   * envp)}, with no signal blocked and every signal at its default in the child (the JVM has
   * changed several).
   *
   * @param setsid whether the child leads a new session
   * @return the pid of the child, which the caller must reap
   * @throws LinuxException with the errno of what failed in the child: an action or execve
   */
  public static int posix_spawn(
      String path, List<Action> actions, boolean setsid, List<String> argv, List<String> envp)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment fileActions = arena.allocate(FILE_ACTIONS_SIZE, 8);
      check(call(ACTIONS_INIT, state, fileActions.address(), 0, 0), "file_actions_init");
      try {
        for (Action action : actions) {
          check(action.addTo(arena, state, fileActions.address()), action);
        }
        return spawn(arena, state, path, fileActions, setsid, argv, envp);
      } finally {
        check(call(ACTIONS_DESTROY, state, fileActions.address(), 0, 0), "file_actions_destroy");
      }
    }
  }

  private static int spawn(
      Arena arena,
      MemorySegment state,
      String path,
      MemorySegment fileActions,
      boolean setsid,
      List<String> argv,
      List<String> envp)
      throws LinuxException {
    long attr = attributes(arena, state, setsid);
    try {
      MemorySegment pid = arena.allocate(JAVA_INT);
      int rc =
          (int)
              Native.call(
                  SPAWN,
                  state,
                  pid.address(),
                  Memory.cString(arena, path),
                  fileActions.address(),
                  attr,
                  Memory.cStrings(arena, argv),
                  Memory.cStrings(arena, envp),
                  0);
      if (rc != 0) { // the error number is the result; errno is not used
        throw new LinuxException(rc, "posix_spawn", path, argv);
      }
      return Memory.firstInt(pid);
    } finally {
      check(call(ATTR_DESTROY, state, attr, 0, 0), "attr_destroy");
    }
  }

  private static long attributes(Arena arena, MemorySegment state, boolean setsid)
      throws LinuxException {
    MemorySegment attr = arena.allocate(ATTR_SIZE, 8);
    check(call(ATTR_INIT, state, attr.address(), 0, 0), "attr_init");
    int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (setsid ? POSIX_SPAWN_SETSID : 0);
    check(call(ATTR_FLAGS, state, attr.address(), flags, 0), "attr_setflags");
    MemorySegment none = arena.allocate(SIGSET_SIZE, 8);
    check(call(ATTR_MASK, state, attr.address(), none.address(), 0), "attr_setsigmask");
    MemorySegment all = arena.allocate(SIGSET_SIZE, 8).fill((byte) 0xFF);
    check(call(ATTR_DEFAULT, state, attr.address(), all.address(), 0), "attr_setsigdefault");
    return attr.address();
  }

  private static int call(MemorySegment function, MemorySegment state, long a, long b, long c) {
    return (int) Native.call(function, state, a, b, c, 0, 0, 0, 0);
  }

  private static void check(int rc, Object what) throws LinuxException {
    if (rc != 0) {
      throw new LinuxException(rc, "posix_spawn", what);
    }
  }
}
