package org.jcontainerd.linux.process;

import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.SeccompCalls;

/** What the kernel's seccomp can do, found by asking it. */
public final class SeccompSupport {
  private SeccompSupport() {}

  /**
   * Whether filters may be installed with these flags. The kernel looks at the flags before the
   * filter, which is missing here: EFAULT means that it knows them all (seccomp(2), "Determining
   * ... support"). A listener is asked for as well, without which one of the flags is refused.
   *
   * @param flags SECCOMP_FILTER_FLAG_* bits
   */
  public static boolean knowsFlags(int flags) {
    try {
      int done =
          SeccompCalls.seccomp(
              SeccompCalls.SECCOMP_SET_MODE_FILTER,
              flags | SeccompCalls.SECCOMP_FILTER_FLAG_NEW_LISTENER);
      throw new IllegalStateException("seccomp without a filter answered " + done);
    } catch (LinuxException e) {
      return e.errno() == Errno.EFAULT;
    }
  }
}
