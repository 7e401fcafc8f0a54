package org.jcontainerd.jrunc.seccomp;

import org.jcontainerd.jrunc.plan.Bits;

/**
 * A compiled profile; immutable.
 *
 * @param program struct sock_filter[]
 * @param flags SECCOMP_FILTER_FLAG_* for seccomp(2)
 */
public record Filter(Bits program, int flags) {
  /** Whether calls are reported to a listener (SCMP_ACT_NOTIFY). */
  public boolean notifies() {
    return (flags & Profile.FLAG_NEW_LISTENER) != 0;
  }
}
