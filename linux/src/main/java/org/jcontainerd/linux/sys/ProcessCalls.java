package org.jcontainerd.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.syscall;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jcontainerd.linux.LinuxException;

/** Signals, waiting, namespaces and attributes of processes. */
public final class ProcessCalls {
  // linux/wait.h
  public static final int P_PID = 1;
  public static final int P_PIDFD = 3;
  public static final int WNOHANG = 1;
  public static final int WEXITED = 4;
  public static final int WNOWAIT = 0x1000000;
  // asm-generic/siginfo.h
  public static final int CLD_EXITED = 1;
  public static final int CLD_KILLED = 2;
  public static final int CLD_DUMPED = 3;
  // linux/sched.h
  public static final int CLONE_NEWNS = 0x20000;
  public static final int CLONE_NEWCGROUP = 0x2000000;
  public static final int CLONE_NEWUTS = 0x4000000;
  public static final int CLONE_NEWIPC = 0x8000000;
  public static final int CLONE_NEWUSER = 0x10000000;
  public static final int CLONE_NEWPID = 0x20000000;
  public static final int CLONE_NEWNET = 0x40000000;
  // linux/prctl.h
  public static final int PR_SET_PDEATHSIG = 1;
  public static final int PR_GET_PDEATHSIG = 2;
  public static final int PR_SET_DUMPABLE = 4;
  public static final int PR_SET_NAME = 15;
  public static final int PR_SET_CHILD_SUBREAPER = 36;
  public static final int PR_GET_CHILD_SUBREAPER = 37;
  public static final int PR_SET_NO_NEW_PRIVS = 38;

  // struct siginfo of SIGCHLD, asm-generic/siginfo.h
  static final int SIGINFO_SIZE = 128;
  static final int SI_CODE = 8;
  static final int SI_PID = 16;
  static final int SI_STATUS = 24;

  /** The fields of {@code siginfo_t} that waitid(2) fills. */
  public record SigInfo(int siPid, int siCode, int siStatus) {}

  private ProcessCalls() {}

  /** {@code pid_t getpid(void)}. */
  public static int getpid() {
    try (Arena arena = Arena.ofConfined()) {
      return (int) syscall(capture(arena), Nr.GETPID);
    }
  }

  /** {@code int pidfd_open(pid_t pid, unsigned flags)}; close-on-exec always. */
  public static int pidfd_open(int pid, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long fd = syscall(state, Nr.PIDFD_OPEN, pid, flags);
      if (fd == -1) {
        throw failure(state, "pidfd_open", pid, hex(flags));
      }
      return (int) fd;
    }
  }

  /** {@code int pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned flags)}. */
  public static void pidfd_send_signal(int pidfd, int sig) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.PIDFD_SEND_SIGNAL, pidfd, sig) == -1) {
        throw failure(state, "pidfd_send_signal", pidfd, sig);
      }
    }
  }

  /** {@code int pidfd_getfd(int pidfd, int targetfd, unsigned flags)}; close-on-exec always. */
  public static int pidfd_getfd(int pidfd, int targetFd) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long fd = syscall(state, Nr.PIDFD_GETFD, pidfd, targetFd);
      if (fd == -1) {
        throw failure(state, "pidfd_getfd", pidfd, targetFd);
      }
      return (int) fd;
    }
  }

  /**
   * {@code int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options)}.
   *
   * @return empty if {@code WNOHANG} was given and the child has not ended
   */
  public static Optional<SigInfo> waitid(int idtype, int id, int options) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment info = arena.allocate(SIGINFO_SIZE, 8);
      if (syscall(state, Nr.WAITID, idtype, id, info.address(), options) == -1) {
        throw failure(state, "waitid", idtype, id, hex(options));
      }
      int[] fields = Memory.ints(info);
      int pid = fields[SI_PID / 4];
      return pid == 0
          ? Optional.empty()
          : Optional.of(new SigInfo(pid, fields[SI_CODE / 4], fields[SI_STATUS / 4]));
    }
  }

  /** {@code int kill(pid_t pid, int sig)}. */
  public static void kill(int pid, int sig) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.KILL, pid, sig) == -1) {
        throw failure(state, "kill", pid, sig);
      }
    }
  }

  /** {@code int prctl(int option, unsigned long arg2)}, the others 0. */
  @CanIgnoreReturnValue
  public static int prctl(int option, long arg2) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      long rc = syscall(state, Nr.PRCTL, option, arg2);
      if (rc == -1) {
        throw failure(state, "prctl", option, arg2);
      }
      return (int) rc;
    }
  }

  /** {@code int prctl(int option, int *arg2)}: the value that the kernel writes. */
  public static int prctlGet(int option) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment value = arena.allocate(JAVA_INT);
      if (syscall(state, Nr.PRCTL, option, value.address()) == -1) {
        throw failure(state, "prctl", option);
      }
      return Memory.firstInt(value);
    }
  }

  /** {@code int setns(int fd, int nstype)}: of the calling thread, which should end soon after. */
  public static void setns(int fd, int nstype) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.SETNS, fd, nstype) == -1) {
        throw failure(state, "setns", fd, hex(nstype));
      }
    }
  }

  /** {@code int unshare(int flags)}: of the calling thread, which should end soon after. */
  public static void unshare(int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      if (syscall(state, Nr.UNSHARE, flags) == -1) {
        throw failure(state, "unshare", hex(flags));
      }
    }
  }

  /** {@code pid_t gettid(void)}. */
  public static int gettid() {
    try (Arena arena = Arena.ofConfined()) {
      return (int) syscall(capture(arena), Nr.GETTID);
    }
  }
}
