package org.jcontainerd.linux.process;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.sys.FileCalls;
import org.jcontainerd.linux.sys.ProcessCalls;

/** Settings of this process as a whole. Thread-safe as far as the kernel is. */
public final class ProcessAttributes {
  private ProcessAttributes() {}

  /** Our number; {@link ProcessHandle} starts a pool of threads before it tells it. */
  public static int pid() {
    return ProcessCalls.getpid();
  }

  /** Makes this process the parent of orphans below it, see PR_SET_CHILD_SUBREAPER in prctl(2). */
  public static void becomeSubreaper() throws LinuxException {
    ProcessCalls.prctl(ProcessCalls.PR_SET_CHILD_SUBREAPER, 1);
  }

  public static boolean isSubreaper() throws LinuxException {
    return ProcessCalls.prctlGet(ProcessCalls.PR_GET_CHILD_SUBREAPER) != 0;
  }

  /**
   * Has the kernel send {@code signal} to this process when the <em>thread</em> that started it
   * ends (PR_SET_PDEATHSIG in prctl(2)), so it is only for those whose parent started them from a
   * thread that lasts. If the parent may be gone already, check it afterwards.
   */
  public static void signalOnParentDeath(Signal signal) throws LinuxException {
    ProcessCalls.prctl(ProcessCalls.PR_SET_PDEATHSIG, signal.number());
  }

  /**
   * Sets which permission bits new files do not get: of all threads, so only at the start of a
   * program.
   *
   * @return the mask before
   */
  @CanIgnoreReturnValue
  public static int umask(int mask) {
    return FileCalls.umask(mask);
  }
}
