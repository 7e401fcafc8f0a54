package org.jcontainerd.jrunc.seccomp;

import java.util.List;
import org.jcontainerd.jrunc.plan.Bits;

/**
 * A compiled profile; immutable.
 *
 * @param program struct sock_filter[]
 * @param flags SECCOMP_FILTER_FLAG_* for seccomp(2)
 * @param ignored names in the profile that no architecture has, as far as we know
 */
public record Filter(Bits program, int flags, List<String> ignored) {
  public Filter {
    ignored = List.copyOf(ignored);
  }

  /** Whether calls are reported to a listener (SCMP_ACT_NOTIFY). */
  public boolean notifies() {
    return (flags & Profile.FLAG_NEW_LISTENER) != 0;
  }
}
