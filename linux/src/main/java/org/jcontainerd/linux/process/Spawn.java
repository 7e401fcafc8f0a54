package org.jcontainerd.linux.process;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.fs.OpenFile;
import org.jcontainerd.linux.fs.OpenFlag;
import org.jcontainerd.linux.sys.ProcessCalls;
import org.jcontainerd.linux.sys.SpawnCalls;
import org.jcontainerd.linux.sys.SpawnCalls.Action;

/**
 * Starts a program, without a shell and without a copy of the JVM's page tables (posix_spawn).
 *
 * <p>The child gets exactly the descriptors that are named here, no other; standard input, output
 * and error too must be named, else they are closed. Arguments and environment are passed as they
 * are, nothing is inherited. No signal is blocked or ignored. The child is ours to reap: see {@link
 * PidFd}. A description of one start; not thread-safe.
 */
public final class Spawn {
  private static final int LOG_MODE = 0640;

  private final String program;
  private final SortedMap<Integer, Fd> descriptors = new TreeMap<>();
  private List<String> arguments;
  private List<String> environment = List.of();
  private List<Action> chdir = List.of();
  private boolean newSession;

  private Spawn(String program, String name) {
    this.program = program;
    this.arguments = List.of(name);
  }

  /** Starts the file at {@code path}; no search along {@code PATH}. */
  public static Spawn program(Path path) {
    return new Spawn(path.toString(), path.toString());
  }

  /**
   * Starts an open file, such as a sealed memory file.
   *
   * <p>The path leads through this process's own entry in /proc: the child has closed the
   * descriptor by the time it calls execve, while we, its suspended parent, still hold it.
   */
  public static Spawn program(Fd file) {
    int self = ProcessAttributes.pid();
    return new Spawn("/proc/" + self + "/fd/" + file.number(), file.origin());
  }

  /** All of argv, with the program's name first. The default is that name alone. */
  @CanIgnoreReturnValue
  public Spawn arguments(List<String> argv) {
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("spawn '" + program + "': argv is empty");
    }
    arguments = List.copyOf(argv);
    return this;
  }

  /** The whole environment; the default is empty. */
  @CanIgnoreReturnValue
  public Spawn environment(Map<String, String> variables) {
    environment = variables.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    return this;
  }

  /** The whole environment as {@code NAME=value}, in order and as it is. */
  @CanIgnoreReturnValue
  public Spawn environment(List<String> variables) {
    environment = List.copyOf(variables);
    return this;
  }

  /** Gives the child {@code fd} under the number {@code child}; borrowed until {@link #start}. */
  @CanIgnoreReturnValue
  public Spawn descriptor(int child, Fd fd) {
    if (child < 0) {
      throw new IllegalArgumentException("spawn '" + program + "': descriptor " + child);
    }
    descriptors.put(child, fd);
    return this;
  }

  /** The directory in which the child starts; the default is ours. */
  @CanIgnoreReturnValue
  public Spawn directory(Path directory) {
    chdir = List.of(new Action.Chdir(directory.toString()));
    return this;
  }

  /** Makes the child the leader of a new session, without a controlling terminal. */
  @CanIgnoreReturnValue
  public Spawn newSession() {
    newSession = true;
    return this;
  }

  /**
   * Starts the program; returns when the child has called execve.
   *
   * @return the child, to be reaped and closed by the caller
   * @throws LinuxException with the errno of what failed in the child: execve (ENOENT, EACCES,
   *     ENOEXEC), or the change of directory
   */
  public PidFd start() throws LinuxException {
    var parked = new ArrayList<Fd>();
    try {
      int pid =
          SpawnCalls.posix_spawn(program, actions(parked), newSession, arguments, environment);
      return open(pid);
    } finally {
      parked.forEach(Fd::close);
    }
  }

  /**
   * As {@link #start}, for a daemon: in {@code /}, in a session of its own, with our environment,
   * standard input empty, output and error at the end of a file.
   *
   * @param log made with mode 0640 where it is not there
   */
  public PidFd startDetached(Path log) throws LinuxException {
    try (var nothing = OpenFile.open(Path.of("/dev/null"));
        var output =
            OpenFile.open(log, LOG_MODE, OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.APPEND)) {
      return environment(System.getenv())
          .directory(Path.of("/"))
          .descriptor(0, nothing)
          .descriptor(1, output)
          .descriptor(2, output)
          .newSession()
          .start();
    }
  }

  /**
   * The list of dup2, close, closefrom. A source whose number is also a target would be overwritten
   * before its turn, so such sources are first parked above all targets.
   */
  private List<Action> actions(List<Fd> parked) throws LinuxException {
    int above = descriptors.isEmpty() ? 0 : descriptors.lastKey() + 1;
    var actions = new ArrayList<Action>();
    for (var entry : descriptors.entrySet()) {
      int target = entry.getKey();
      int source = entry.getValue().number();
      if (source != target && descriptors.containsKey(source)) {
        Fd copy = entry.getValue().duplicate(above);
        parked.add(copy);
        source = copy.number();
      }
      actions.add(new Action.Dup2(source, target));
    }
    for (int number = 0; number < above; number++) {
      if (!descriptors.containsKey(number)) {
        actions.add(new Action.Close(number));
      }
    }
    actions.add(new Action.CloseFrom(above));
    actions.addAll(chdir);
    return actions;
  }

  private static PidFd open(int pid) throws LinuxException {
    try {
      return PidFd.open(pid);
    } catch (LinuxException e) { // EMFILE, ENFILE, ENOMEM: do not leave a child nobody knows of
      try {
        ProcessCalls.kill(pid, Signal.SIGKILL.number());
        var _ = ProcessCalls.waitid(ProcessCalls.P_PID, pid, ProcessCalls.WEXITED);
      } catch (LinuxException undo) {
        if (!undo.is(Errno.ESRCH)) {
          e.addSuppressed(undo);
        }
      }
      throw e;
    }
  }
}
