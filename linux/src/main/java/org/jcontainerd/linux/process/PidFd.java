package org.jcontainerd.linux.process;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Retry;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.sys.ProcessCalls;
import org.jcontainerd.linux.sys.ProcessCalls.SigInfo;

/**
 * A process that cannot be confused with a later one of the same number; see pidfd_open(2).
 *
 * <p>A child is reaped by {@link #waitFor} or {@link #poll}, or by {@link
 * org.jcontainerd.linux.loop.KernelWaiter#whenExited}: exactly one of them, once. They wait for
 * this process alone, never for any child, and so leave those of {@link Process} to the JDK. A
 * child that nobody waits for stays a zombie until this process ends. Thread-safe.
 */
public final class PidFd implements AutoCloseable {
  private final int pid;
  private final Fd fd;

  private PidFd(int pid, Fd fd) {
    this.pid = pid;
    this.fd = fd;
  }

  /**
   * Refers to a running process or zombie.
   *
   * @throws LinuxException ESRCH if there is none
   */
  public static PidFd open(int pid) throws LinuxException {
    return new PidFd(pid, Fd.adopt(ProcessCalls.pidfd_open(pid, 0), "pidfd of " + pid));
  }

  /** Takes over a pidfd that came from elsewhere, such as a socket. */
  public static PidFd adopt(int pid, Fd fd) {
    return new PidFd(pid, fd);
  }

  /** The number of the process in our pid namespace; after it was reaped, somebody else's. */
  public int pid() {
    return pid;
  }

  /** The descriptor, which stays owned by this object; readable once the process has ended. */
  public Fd fd() {
    return fd;
  }

  /**
   * Sends a signal.
   *
   * @return whether the process was there to receive it (a zombie is)
   */
  @CanIgnoreReturnValue
  public boolean send(Signal signal) throws LinuxException {
    try {
      ProcessCalls.pidfd_send_signal(fd.number(), signal.number());
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ESRCH)) {
        return false;
      }
      throw e;
    }
  }

  /** Whether the process exists: running, or ended and not yet reaped. */
  public boolean exists() throws LinuxException {
    try {
      ProcessCalls.pidfd_send_signal(fd.number(), 0);
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ESRCH)) {
        return false;
      }
      if (e.is(Errno.EPERM)) {
        return true;
      }
      throw e;
    }
  }

  /**
   * Waits in the kernel until this child has ended, and reaps it. Belongs on a platform thread.
   *
   * @throws LinuxException ECHILD if it is no child of ours or was reaped
   */
  public ExitStatus waitFor() throws LinuxException {
    return reap(0).orElseThrow();
  }

  /**
   * Reaps this child if it has ended; does not wait.
   *
   * @throws LinuxException ECHILD if it is no child of ours or was reaped
   */
  public Optional<ExitStatus> poll() throws LinuxException {
    return reap(ProcessCalls.WNOHANG);
  }

  private Optional<ExitStatus> reap(int options) throws LinuxException {
    return Retry.onInterrupt(() ->
            ProcessCalls.waitid(ProcessCalls.P_PIDFD, fd.number(), ProcessCalls.WEXITED | options))
        .map(PidFd::status);
  }

  private static ExitStatus status(SigInfo info) {
    return switch (info.siCode()) {
      case ProcessCalls.CLD_EXITED -> new ExitStatus.Exited(info.siStatus());
      case ProcessCalls.CLD_KILLED -> new ExitStatus.Killed(new Signal(info.siStatus()), false);
      case ProcessCalls.CLD_DUMPED -> new ExitStatus.Killed(new Signal(info.siStatus()), true);
      default -> throw new IllegalStateException("waitid: si_code " + info.siCode());
    };
  }

  @Override
  public void close() {
    fd.close();
  }

  @Override
  public String toString() {
    return "process " + pid;
  }
}
