package org.jcontainerd.jrunc.plan;

import java.util.List;
import java.util.Map;

/** Steps of the new process that make it what it will be, and the points where it waits. */
public sealed interface ProcessStep extends Step {

  /** Waits until the helper has run all {@link KeeperStep}s. */
  record Await() implements ProcessStep {}

  /**
   * Goes on in a new child of the helper and ends this one: needed to enter a pid namespace made or
   * joined by the process itself, as after joining a user namespace.
   */
  record Fork() implements ProcessStep {}

  /**
   * Writes "0" to a cgroup v1 {@code tasks} file: the process has one thread, and moving oneself
   * takes no global lock in the kernel, unlike writing a pid to {@code cgroup.procs}.
   *
   * @param tasks an open {@code tasks} (v1), {@code cgroup.procs} works too
   */
  record EnterCgroup(Slot tasks) implements ProcessStep {}

  /**
   * Closes what is not needed any more. From here on who is in the container may find the process
   * in /proc, and with CAP_SYS_PTRACE all that it holds: no descriptor may lead out (CVE-2016-9962,
   * CVE-2024-21626).
   *
   * @param kept what later steps use
   */
  record LetGo(List<Slot> kept, Procfs procfs) implements ProcessStep {
    public LetGo {
      kept = List.copyOf(kept);
    }

    /** What becomes of the host's procfs, through which the process writes to files of its own. */
    public enum Procfs {
      KEPT,
      /** A new one of the process's pid namespace that shows nothing but processes. */
      REPLACED,
      /** No step will write to it again. */
      CLOSED
    }
  }

  /** sethostname(2). */
  record Hostname(String name) implements ProcessStep {}

  /** setdomainname(2). */
  record Domainname(String name) implements ProcessStep {}

  /** Brings {@code lo} up in the current network namespace. */
  record LoopbackUp() implements ProcessStep {}

  /** prlimit(2); {@code -1} is RLIM_INFINITY. */
  record Rlimit(int resource, long soft, long hard) implements ProcessStep {}

  /** umask(2) of the program; the helper itself works with 0. */
  record Umask(int mask) implements ProcessStep {}

  /** Joins a new session keyring of this name. */
  record Keyring(String name) implements ProcessStep {}

  /** personality(2). */
  record Personality(long persona) implements ProcessStep {}

  /** sched_setattr(2); times in nanoseconds. */
  record Scheduler(
      int policy,
      long flags,
      int nice,
      int priority,
      long runtimeNanos,
      long deadlineNanos,
      long periodNanos)
      implements ProcessStep {}

  /** ioprio_set(2) with the class in the upper 3 of 16 bits. */
  record IoPriority(int priority) implements ProcessStep {}

  /**
   * set_mempolicy(2).
   *
   * @param mode with its flags
   * @param nodes one bit per node, least significant first
   */
  record MemoryPolicy(int mode, Bits nodes) implements ProcessStep {}

  /** Drops every capability that is not in {@code mask} from the bounding set. */
  record BoundingSet(long mask) implements ProcessStep {}

  /** PR_SET_KEEPCAPS: whether permitted capabilities survive {@link Identity}. */
  record KeepCapabilities(boolean keep) implements ProcessStep {}

  /**
   * setgroups, setresgid, setresuid, in this order.
   *
   * @param setGroups false where the user namespace denies setgroups
   */
  record Identity(int uid, int gid, boolean setGroups, List<Integer> groups)
      implements ProcessStep {
    public Identity {
      groups = List.copyOf(groups);
    }
  }

  /** capset(2) and the ambient set; masks with bit n for capability n. */
  record Capabilities(long effective, long permitted, long inheritable, long ambient)
      implements ProcessStep {}

  /** PR_SET_NO_NEW_PRIVS. */
  record NoNewPrivileges() implements ProcessStep {}

  /**
   * seccomp(2) SET_MODE_FILTER. Without no-new-privileges it must stand before the capabilities are
   * dropped; otherwise as late as possible.
   *
   * @param flags SECCOMP_FILTER_FLAG_*; with NEW_LISTENER the descriptor is answered to the starter
   * @param program struct sock_filter[], 8 bytes each
   */
  record Seccomp(int flags, Bits program) implements ProcessStep {
    /** SECCOMP_FILTER_FLAG_NEW_LISTENER. */
    public static final int NEW_LISTENER = 1 << 3;
  }

  /** chdir(2), and a check that the directory is inside the root (CVE-2024-21626). */
  record Chdir(String path) implements ProcessStep {}

  /**
   * Looks for the program as the user it will run as, so that a missing one fails before READY.
   *
   * @param name with a slash a path, otherwise searched
   * @param searchPath value of PATH, directories separated by colons
   */
  record FindProgram(String name, String searchPath) implements ProcessStep {}

  /**
   * Gives descriptors their final numbers; all others above 2 are closed at exec.
   *
   * @param numbers final number to slot
   */
  record Descriptors(Map<Integer, Slot> numbers) implements ProcessStep {
    public Descriptors {
      numbers = Map.copyOf(numbers);
    }
  }

  /**
   * Gives the files behind descriptors 0, 1 and 2 to the user, so that {@code /dev/stdout} can be
   * opened again; /dev/null and what refuses are left alone. Stands after {@link Descriptors}.
   */
  record OwnStdio(int uid) implements ProcessStep {}

  /** Stops until the starter says CONTINUE, for hooks. */
  record Sync(String tag) implements ProcessStep {}

  /** Answers READY and waits for START. Without it the plan runs through to the program. */
  record Ready() implements ProcessStep {}

  /**
   * Answers READY, then waits until somebody reads from a fifo: the protocol of {@code exec.fifo},
   * where create and start are different processes and no keeper stays.
   *
   * <p>The process writes {@code 0}; if exec fails it adds the failure, if not the reader sees the
   * end.
   *
   * @param fifo opened with O_PATH
   */
  record WaitFifo(Slot fifo) implements ProcessStep {}

  /**
   * execve(2); the last step.
   *
   * @param program path in the container; empty means what {@link FindProgram} found
   * @param arguments the whole argv, not empty
   * @param environment {@code NAME=value}
   */
  record Exec(String program, List<String> arguments, List<String> environment)
      implements ProcessStep {
    public Exec {
      arguments = List.copyOf(arguments);
      environment = List.copyOf(environment);
      if (arguments.isEmpty()) {
        throw new IllegalArgumentException("exec: no arguments");
      }
    }
  }
}
